import { sendWish } from "#bridges/terminal/job-mail.ts";
import { harmless } from "#bridges/terminal/plain.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import {
  askHost,
  executorAddress,
  type HostAnswer,
  type ListedEnvironment,
  readEnvironments,
  readHosts,
} from "#deploy/environments/listing.ts";
import { EnvironmentUnusable, environmentNamed } from "#deploy/environments/named.ts";
import { storyLines, storyOf } from "#deploy/environments/story.ts";
import { reasonOf } from "#deploy/errors.ts";
import { duration, table } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR, parseAddress } from "#subjects/mod.ts";

type Options = { readonly json?: true };

/** Lists environments, the newest change first. */
export async function list({ json, all }: Options & { readonly all?: true }): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const found = (await readEnvironments(client)).filter(({ state }) => all === true || state !== "gone");
  if (json) print(found.map((each) => JSON.stringify(each)));
  else if (found.length === 0) print(["no environments; a job that runs something has one"]);
  else print(table(["ENVIRONMENT", "STATE", "SINCE", "HOST", "ENGINE", "JOB", "PREVIEWS"], found.map(rowOf)));
  return 0;
}

/** Shows one: as its host says it, else as it was last said. */
export async function show(name: string, { json }: Options): Promise<number> {
  return await withEnvironment(name, async (client, seen) => {
    const answer = await askHost(client, seen.host).catch((error: unknown) => reasonOf(error));
    const now = typeof answer === "string" ? undefined : answer.environments.find(({ env }) => env === seen.env);
    const silent = typeof answer === "string" ? { hostProblem: answer } : {};
    if (json) print([JSON.stringify({ ...seen, ...now, ...silent })]);
    else print(linesOf(seen, now, silent.hostProblem));
    return 0;
  });
}

/** Tells what ran in one, from the log of its host. */
export async function logs(name: string, { json }: Options): Promise<number> {
  return await withEnvironment(name, async (client, { env, host }) => {
    const story = storyOf(await client.history(executorAddress(host)), env);
    print(json ? story.map(({ event, ...rest }) => JSON.stringify({ ...rest, ...event })) : storyLines(story, env));
    return 0;
  });
}

/** Lets one go by ending its job: a host takes orders from jobs alone. Throws: EnvironmentUnusable; JobUnusable. */
export async function down(name: string, { json, why }: Options & { readonly why: string }): Promise<number> {
  return await withEnvironment(name, async (client, { env, by, state }) => {
    if (state === "kept" || state === "gone") {
      throw new EnvironmentUnusable({
        code: "environment-kept",
        message: `${env} does not run: it is ${state}`,
        hint:
          state === "gone" ? "there is nothing to do" : "thalassa env prune --dry-run says which go, and by which rule",
      });
    }
    const { event } = await sendWish(client, { to: by, verb: "abort", data: { why, who: speakerHere() } });
    const job = parseAddress(by).id;
    print([json ? JSON.stringify({ env, job, event }) : `${env} goes with its job ${job}: ${event}`]);
    return 0;
  });
}

/** Has hosts throw away what their rules say, or only says it. */
export async function prune({ json, dryRun }: Options & { readonly dryRun?: true }): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  let silent = 0;
  let count = 0;
  for (const { host } of await readHosts(client)) {
    const answer = await askHost(client, host).catch((error: unknown) => reasonOf(error));
    if (typeof answer === "string") {
      silent += 1;
      process.stderr.write(`thalassa: ${host} does not answer: ${answer}\n`);
      continue;
    }
    if (!dryRun && answer.prunable.length > 0) {
      await sendWish(client, { to: executorAddress(host), verb: "tend", data: { at: Date.now() } });
    }
    count += answer.prunable.length;
    for (const { env, why } of answer.prunable) {
      print([json ? JSON.stringify({ host, env, why, pruned: !dryRun }) : `${env} on ${host}: ${why}`]);
    }
  }
  if (!json && count === 0) print(["nothing is to be thrown away"]);
  return silent > 0 ? 1 : 0;
}

type Now = HostAnswer["environments"][number];

function linesOf(seen: ListedEnvironment, now: Now | undefined, hostProblem: string | undefined): readonly string[] {
  const { env, host, engine, by, why, at } = seen;
  const state = now?.state ?? seen.state;
  const previews = now?.previews ?? (hostProblem === undefined ? [] : (seen.previews ?? []));
  const rows: readonly (readonly [string, string])[] = [
    ["environment", env],
    ["state", `${state}, for ${since(now?.since ?? at)}`],
    ["host", `${host}, ${engine}`],
    ["job", by],
    ...(now === undefined ? [] : [["runs", `${now.running} orders`] as const]),
    ...(why === undefined ? [] : [["why", harmless(why)] as const]),
    ...previews.map(({ port, url, until }) => ["preview", `${port}: ${url}, until ${timeOf(until)}`] as const),
    ...(hostProblem === undefined ? [] : [["host says", `nothing: ${hostProblem}`] as const]),
  ];
  return rows.map(([title, text]) => `${title.padEnd(12)} ${text}`);
}

function rowOf({ env, state, at, host, engine, by, previews = [] }: ListedEnvironment): readonly string[] {
  const open = previews.filter(({ until }) => state === "up" && until > Date.now());
  return [env, state, since(at), host, engine, parseAddress(by).id, open.map(({ url }) => url).join(" ")];
}

async function withEnvironment(
  name: string,
  act: (client: Client, environment: ListedEnvironment) => Promise<number>,
): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  return await act(client, environmentNamed(await readEnvironments(client), name));
}

function since(at: number): string {
  return duration(Math.max(0, Date.now() - at));
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}
