import { stateAfter } from "#bridges/conversation/job-past.ts";
import { jobPicture } from "#bridges/conversation/job-picture.ts";
import { untilEnded } from "#bridges/terminal/job-end.ts";
import { beginJob } from "#bridges/terminal/job-mail.ts";
import { asksIn, storyLines } from "#bridges/terminal/job-story.ts";
import { harmless } from "#bridges/terminal/plain.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { requireAgent } from "#deploy/identity/agents.ts";
import { channelToTalkIn } from "#deploy/identity/whose-channel.ts";
import { chatSettings } from "#deploy/settings/here.ts";
import { checkKey, typedText } from "#deploy/typed-text.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import type { JobState } from "#subjects/job.ts";
import { type Address, encodeToken, parseAddress } from "#subjects/mod.ts";

type Options = {
  readonly run?: true;
  readonly channel?: string;
  readonly agent?: string;
  readonly wait?: true;
  readonly id?: string;
  readonly json?: true;
};

/** Begins a job; prints its id, or with `wait` what came of it. */
export async function start(given: string, options: Options): Promise<number> {
  const text = await typedText(given, 'say what is to be done: thalassa job start "Write a web server."');
  const { id: key } = options;
  checkKey(key);
  await using client = await connectAs(terminalContract.client, findBus());
  const begun = await beginJob(client, {
    ...(await whoseJob(client, options)),
    ...{ who: speakerHere(), [options.run ? "run" : "task"]: text },
    ...(key === undefined ? {} : { key }),
  });
  return options.wait ? await waitFor(client, begun, options.json === true) : await tell(client, begun, options);
}

/** Whose job it is, and which conversation is told of it. Throws: AgentUnusable. */
async function whoseJob(client: Client, options: Options): Promise<{ readonly agent: string; readonly for?: Address }> {
  if (options.channel !== undefined) {
    const told = await channelToTalkIn(client, options.channel, options.agent);
    return { agent: parseAddress(told).agent, for: told };
  }
  const agent = options.agent ?? (await chatSettings(client)).agent;
  await requireAgent(client, agent);
  return { agent: encodeToken(agent) };
}

async function tell(client: Client, begun: LogRecord, { id: key, json }: Options): Promise<number> {
  const { address } = begun;
  const { id } = parseAddress(address);
  // What was begun under a key before stands elsewhere by now.
  const picture = key === undefined ? undefined : await jobPicture(client, address);
  const state = picture?.state ?? stateAfter(begun);
  print(json ? JSON.stringify({ id, address, state }) : id);
  if (!json && state === "needs_approval") {
    complain(`it waits for an owner: thalassa job show ${id}, then thalassa job approve ${id}`);
  }
  return 0;
}

/** What happens is told on standard error, what came of it on standard output. */
async function waitFor(client: Client, { address }: LogRecord, json: boolean): Promise<number> {
  const { id } = parseAddress(address);
  complain(`${id} has begun; it goes on without us too: thalassa job logs ${id} --follow`);
  const onRecord = (record: LogRecord): void => {
    const isEnd = record.event === "completed" || record.event === "failed";
    if (!json && !isEnd) for (const line of storyLines(record)) process.stderr.write(`${line}\n`);
    for (const asked of asksIn(record)) complain(`it waits for an owner: thalassa job approve ${id} ${asked.id}`);
  };
  const state: JobState | undefined = await untilEnded(client, address, 0, onRecord);
  const { result = "" } = (await jobPicture(client, address)) ?? {};
  if (json) print(JSON.stringify({ id, address, state, result }));
  else if (state === "completed") print(harmless(result).trimEnd());
  else complain(`${id} is ${state}${result === "" ? "" : `: ${harmless(result)}`}`);
  return state === "completed" ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`thalassa: ${line}\n`);
}
