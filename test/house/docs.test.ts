import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { type Call, callsIn } from "./shell-lines.ts";

const PAGES = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { encoding: "utf8" })
  .trim()
  .split("\n")
  .filter(existsSync)
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync("package.json", "utf8")).scripts;

let program: Command;
before(async () => {
  program = await commandTree();
});

test("every thalassa in a shell block of the docs is a command with options that it has", () => {
  const wrong = PAGES.flatMap(({ path, text }) =>
    shellBlocks(text).flatMap((block) =>
      callsIn(block).flatMap((call) => {
        const why = wrongIn(call);
        return why === undefined ? [] : [`${path}: ${call.line}: ${why}`];
      }),
    ),
  );
  assert.deepEqual(wrong, []);
});

test("every thalassa in the words of the docs is a command with options that it has", () => {
  const wrong = PAGES.flatMap(({ path, text }) =>
    [...withoutBlocks(text).matchAll(/`((?:npx )?thalassa [^`]+)`/g)].flatMap(([, code = ""]) => {
      const why = callsIn(code).map((call) => wrongIn(call, false))[0];
      return why === undefined ? [] : [`${path}: ${code}: ${why}`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test("every npm script that the docs name is there", () => {
  const named = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, short]) => ({
      path,
      name: run ?? short ?? "",
    })),
  );
  assert.deepEqual(
    named.filter(({ name }) => SCRIPTS[name] === undefined),
    [],
  );
});

test("every link between the docs leads somewhere", () => {
  const wrong = PAGES.flatMap(({ path, text }) =>
    [...withoutBlocks(text).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].flatMap(([, link = ""]) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(target)) return [`${path}: ${link}: there is no ${target}`];
      if (anchor === undefined || !target.endsWith(".md")) return [];
      return anchorsOf(readFileSync(target, "utf8")).includes(anchor) ? [] : [`${path}: ${link}: no such heading`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test("wrong lines are found", () => {
  const told = (line: string): readonly (string | undefined)[] => callsIn(line).map((call) => wrongIn(call));
  assert.deepEqual(told("thalassa up --no-chat --port 4333"), [undefined]);
  assert.deepEqual(told("printf 'a; b\\n' | npx thalassa chat --channel=work"), [undefined, undefined]);
  assert.deepEqual(told("A=1 thalassa fly"), ["there is no command fly"]);
  assert.deepEqual(told("x=$(thalassa ps --wide)"), ["ps has no option --wide"]);
  assert.deepEqual(told("thalassa token create ci --role king # no"), ["--role cannot be king"]);
  assert.deepEqual(told("thalassa send work"), ["send takes 2 to 2 arguments, and has 1"]);
});

/** All commands as `deploy/main.ts` adds them; that one reads the command line when it is imported. */
async function commandTree(): Promise<Command> {
  const tree = new Command("thalassa").version("0", "-V, --version");
  const main = readFileSync("deploy/main.ts", "utf8");
  for (const file of readdirSync("deploy/cli")) {
    const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(join("deploy/cli", file)).href);
    for (const [name, add] of Object.entries(exported)) {
      if (!/^add[A-Z]/.test(name) || typeof add !== "function" || name === "addCompletion") continue;
      assert.ok(main.includes(`  ${name},`), `deploy/main.ts does not add ${name}`);
      add(tree);
    }
  }
  tree.command("completion").argument("<shell>");
  tree.command("help").argument("[command]");
  return tree;
}

/** What is wrong with a call; nothing where it calls something else. Words of a page may leave arguments out. */
function wrongIn({ words }: Call, whole = true): string | undefined {
  const [first, second] = words;
  if (first !== "thalassa" && !(first === "npx" && second === "thalassa")) return undefined;
  let command = program;
  const given: string[] = [];
  const rest = words.slice(first === "npx" ? 2 : 1);
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    const below = given.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (word.startsWith("-") && word !== "-") {
      const [name = "", value = rest[at + 1]] = word.split("=");
      const option = [...command.options, ...program.options].find(
        ({ short, long }) => name === short || name === long,
      );
      if (option === undefined && !["-h", "--help"].includes(name)) return `${command.name()} has no option ${name}`;
      if (!option?.required && !option?.optional) continue;
      if (option.argChoices !== undefined && !option.argChoices.includes(`${value}`))
        return `${name} cannot be ${value}`;
      if (!word.includes("=")) at++;
    } else if (below !== undefined) command = below;
    else if (command.commands.length > 0 && command.registeredArguments.length === 0)
      return `there is no command ${word}`;
    else given.push(word);
  }
  return whole ? wrongCount(command, given.length) : undefined;
}

function wrongCount(command: Command, count: number): string | undefined {
  const [least, most] = [command.registeredArguments.filter(({ required }) => required), command.registeredArguments];
  if (count >= least.length && count <= most.length) return undefined;
  return `${command.name()} takes ${least.length} to ${most.length} arguments, and has ${count}`;
}

function shellBlocks(text: string): readonly string[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, "");
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}
