import { stateAfter } from "#bridges/conversation/job-past.ts";
import { jobPicture } from "#bridges/conversation/job-picture.ts";
import { untilEnded } from "#bridges/terminal/job-end.ts";
import { cameOf, cameText, sendWish } from "#bridges/terminal/job-mail.ts";
import { approvalMeant, jobNamed } from "#bridges/terminal/job-named.ts";
import { jobLines } from "#bridges/terminal/job-shown.ts";
import { storyLines } from "#bridges/terminal/job-story.ts";
import { JobUnusable } from "#bridges/terminal/job-unusable.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { untilInterrupted } from "#deploy/interrupt.ts";
import { typedText } from "#deploy/typed-text.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import { hasEnded } from "#subjects/job.ts";
import { JOB_VERBS } from "#subjects/job-verbs.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";

type Options = { readonly json?: true };

/** Shows all that is known of a job. */
export async function show(id: string, { json }: Options): Promise<number> {
  return await withJob(id, async (client, address) => {
    const picture = await pictureOf(client, address);
    print(json ? [JSON.stringify(picture)] : jobLines(picture));
    return 0;
  });
}

/** Tells the story of a job, and goes on with it where asked to. */
export async function logs(id: string, { json, follow }: Options & { readonly follow?: true }): Promise<number> {
  return await withJob(id, async (client, address) => {
    const tell = (record: LogRecord): void => print(json ? [JSON.stringify(record)] : storyLines(record));
    const past = await client.history(address);
    for (const record of past) tell(record);
    const state = past.map(stateAfter).findLast((each) => each !== undefined);
    if (follow && (state === undefined || !hasEnded(state))) {
      await untilEnded(client, address, past.at(-1)?.seq ?? 0, tell, untilInterrupted());
    }
    return 0;
  });
}

/** Allows what a job asks for. */
export async function approve(id: string, approval: string | undefined, options: Options): Promise<number> {
  return await judge("approve", id, approval, {}, options);
}

/** Does not allow it. */
export async function deny(
  id: string,
  approval: string | undefined,
  options: Options & { readonly why: string },
): Promise<number> {
  return await judge("deny", id, approval, { why: options.why }, options);
}

/** Ends a job before its time. */
export async function abort(id: string, options: Options & { readonly why: string }): Promise<number> {
  return await withJob(id, (client, address) => say(client, address, "abort", { why: options.why }, options));
}

/** Gives a job something more to think of. */
export async function tellMore(id: string, given: string, options: Options): Promise<number> {
  const text = await typedText(given, `say something: thalassa job tell ${id} "use port 8080"`);
  return await withJob(id, (client, address) => say(client, address, "tell", { text }, options));
}

/** Does a job that has ended again. */
export async function retry(id: string, options: Options): Promise<number> {
  return await withJob(id, (client, address) => say(client, address, "retry", {}, options));
}

function judge(
  verb: "approve" | "deny",
  id: string,
  named: string | undefined,
  more: object,
  options: Options,
): Promise<number> {
  return withJob(id, async (client, address) => {
    const { approvals } = await pictureOf(client, address);
    const approval = approvalMeant(address, approvals, named);
    return await say(client, address, verb, { approval, ...more }, options);
  });
}

/** Says something and tells what the log then says. */
async function say(
  client: Client,
  to: Address,
  name: "approve" | "deny" | "abort" | "tell" | "retry",
  input: object,
  { json }: Options,
): Promise<number> {
  const { verb } = JOB_VERBS[name].mail;
  const record = await sendWish(client, { to, verb, data: { ...input, who: speakerHere() } });
  const { id } = parseAddress(to);
  print([json ? JSON.stringify({ id, address: to, ...cameOf(record) }) : `${id}: ${cameText(record)}`]);
  return 0;
}

async function pictureOf(client: Client, address: Address) {
  const picture = await jobPicture(client, address);
  if (picture !== undefined) return picture;
  throw new JobUnusable("job-missing", `there is no job ${address}`, "thalassa jobs --all lists them");
}

async function withJob(named: string, act: (client: Client, address: Address) => Promise<number>): Promise<number> {
  await using client = await connectAs(terminalContract.client, findBus());
  return await act(client, await jobNamed(client, named));
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}
