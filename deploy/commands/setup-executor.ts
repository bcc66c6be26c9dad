import { styleText } from "node:util";
import type { ExecutorOptions } from "#actors/executor/options.ts";
import { type EngineHere, lookAt, wanted } from "#deploy/environments/looking.ts";
import { executorOptionsHere } from "#deploy/environments/options.ts";
import { reasonOf, ThalassaError } from "#deploy/errors.ts";
import { openHome } from "#deploy/home.ts";
import { type BuiltImage, buildWorkspaceImage } from "#deploy/images/workspace-image.ts";
import { changeSettingsFile, readSettingsFile } from "#deploy/settings/file.ts";
import { changesOf, overriding } from "#deploy/settings/questions.ts";
import { duration } from "#deploy/table.ts";
import { commandName } from "#deploy/up-settings.ts";

/** Options of `thalassa setup executor` as they are typed. */
export type SetupExecutorOptions = { readonly engine?: ExecutorOptions["engine"]; readonly json?: true };

/** An engine, and what was built for it. */
type Prepared = EngineHere & { readonly image?: BuiltImage };

/** No environment can be made on this host. */
class NoEngine extends ThalassaError<"no-engine"> {
  constructor(tried: readonly Prepared[], again: string) {
    const why = tried.map(({ engine, problem }) => `  ${engine}: ${problem}`);
    const curable = tried.filter(({ remedies }) => remedies.length > 0);
    const ways = curable.flatMap(({ engine, remedies }) =>
      remedies.map((line, at) => `  ${at === 0 ? engine.padEnd(10) : " ".repeat(10)}  ${line}`),
    );
    const which = curable.length > 1 ? "do one of these" : "do this";
    super({
      code: "no-engine",
      message: ["no environments can be made on this host", ...why].join("\n"),
      hint:
        ways.length === 0
          ? `mend that, then ${again} again`
          : [`as root ${which}, then ${again} again`, ...ways].join("\n"),
    });
  }
}

/** Has an engine ready for environments on this host, or says what is missing. What is there already is left alone. Throws: NoEngine. */
export async function setupExecutor(
  options: SetupExecutorOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const home = openHome(env);
  const before = executorOptionsHere(home.root, env);
  const wish = { ...before, ...(options.engine === undefined ? {} : { engine: options.engine }) };
  const say = teller(options.json === true);
  const tried: Prepared[] = [];
  for (const engine of wanted(wish)) {
    const prepared = await prepare(engine, wish, env, say.progress);
    tried.push(prepared);
    if (prepared.problem === undefined) break;
  }
  const taken = tried.find(({ problem }) => problem === undefined);
  const cli = commandName(env);
  say.result({ ...(taken === undefined ? {} : { engine: taken.engine }), engines: tried });
  if (taken === undefined) throw new NoEngine(tried, `${cli} setup executor`);
  const isChanged = options.engine !== undefined && remember(home.root, options.engine, env, say.line);
  for (const line of linesOf(taken, tried)) say.line(line);
  say.line(isChanged ? `it counts from the next start of ${cli} up` : `an executor that runs sees it within a minute`);
  return 0;
}

/** Looks at an engine, and builds what environments are made of where that is ours to build. */
async function prepare(
  engine: EngineHere["engine"],
  options: ExecutorOptions,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<Prepared> {
  const found = await lookAt(engine, options, env);
  if (engine === "bubblewrap" || found.version === undefined || options.image !== undefined) return found;
  try {
    const image = await buildWorkspaceImage({ env }, onLine);
    return { ...(await lookAt(engine, options, env)), image };
  } catch (error) {
    // An image of an older recipe still makes environments.
    if (found.problem === undefined) return { ...found, notes: [...found.notes, reasonOf(error)] };
    return { ...found, problem: reasonOf(error) };
  }
}

/** Writes down which engine was chosen; says whether that changed anything. */
function remember(
  root: string,
  engine: ExecutorOptions["engine"],
  env: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): boolean {
  const file = readSettingsFile(root);
  const answers = { "executor.engine": engine };
  const changes = changesOf(answers, file, env);
  if (changes.length > 0) {
    changeSettingsFile(file, changes);
    tell(`executor.engine = ${JSON.stringify(engine)} in ${file.path}`);
  }
  for (const variable of overriding(answers, env)) tell(`${variable} is set in this environment, and wins over that`);
  return changes.length > 0;
}

function linesOf({ engine, version, image, notes }: Prepared, tried: readonly Prepared[]): readonly string[] {
  const passed = tried.filter(({ problem }) => problem !== undefined);
  const made =
    image === undefined
      ? ""
      : `, image ${image.image} ${image.built ? `built in ${duration(image.tookMs)}` : "there already"}`;
  return [
    ...passed.flatMap(({ engine: other, problem, remedies }) => [
      `${styleText("yellow", "!")} ${other} cannot be used: ${problem}`,
      ...remedies.map((line) => `    as root: ${line}`),
    ]),
    `${styleText("green", "✔")} environments are made of ${engine}${version === undefined ? "" : ` ${version}`}${made}`,
    ...notes.map((note) => `${styleText("yellow", "!")} kept less well: ${note}`),
  ];
}

/** For people lines on standard output, for programs objects of which the last one has the result. */
function teller(asJson: boolean) {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return {
    progress: (line: string) => print(asJson ? JSON.stringify({ progress: line }) : styleText("dim", `  ${line}`)),
    line: (line: string) => (asJson ? undefined : print(line)),
    result: (result: object) => (asJson ? print(JSON.stringify(result)) : undefined),
  };
}
