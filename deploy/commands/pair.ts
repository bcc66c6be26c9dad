import { cameOf, sendWish } from "#bridges/terminal/job-mail.ts";
import { JobUnusable } from "#bridges/terminal/job-unusable.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { ThalassaError } from "#deploy/errors.ts";
import { BadUse } from "#deploy/failure.ts";
import { withoutSecrets } from "#deploy/secrets/hiding.ts";
import { duration, table } from "#deploy/table.ts";
import { POLLER_ADDRESS } from "#deploy/telegram/poller.ts";
import type { Client } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import { telegramContract } from "#subjects/telegram.ts";

type Options = { readonly json?: true };

/** The bridge does not do what was said, or has not said what came of it. */
class PairUnusable extends ThalassaError<"pair-refused" | "pair-unanswered"> {}

const TITLES = ["PERSON", "NAME", "STANDS", "CODE"] as const;

/** Lists who is let in and who asks to be, as the bridge knows them. */
export async function listPeople({ json }: Options): Promise<number> {
  await using client = await terminal();
  const { bot, people, asking } = telegramContract.asks.people.parse(await client.ask(POLLER_ADDRESS, "people"));
  if (json) {
    for (const person of people) print(JSON.stringify({ ...person, paired: true }));
    for (const person of asking) print(JSON.stringify({ ...person, paired: false }));
    return 0;
  }
  const now = Date.now();
  const rows = [
    ...people.map(({ id, name, since }) => [id, name, `let in for ${duration(Math.max(now - since, 0))}`, ""]),
    ...asking.map(({ id, name, until, code }) => [
      ...[id, name, `asks, for another ${duration(Math.max(until - now, 0))}`, code],
    ]),
  ];
  const whom = bot === undefined ? "the bot" : `@${bot}`;
  if (rows.length === 0) print(`Nobody besides the owners may talk to ${whom}; whoever writes /start to it asks to.`);
  else for (const line of table(TITLES, rows)) print(line);
  if (asking.length > 0) print("\nthalassa pair approve CODE lets somebody in, thalassa pair refuse CODE does not");
  return 0;
}

/** Lets somebody in. */
export async function approve(given: string, options: Options): Promise<number> {
  return await say("pair", { code: given, admit: true }, `whoever has the code ${given} is let in`, options);
}

/** Does not let somebody in. */
export async function refuse(given: string, options: Options): Promise<number> {
  return await say("pair", { code: given, admit: false }, `whoever has the code ${given} is not let in`, options);
}

/** Lets somebody in no more. */
export async function remove(person: string, options: Options): Promise<number> {
  if (!/^\d{1,16}$/.test(person)) {
    throw new BadUse(`${JSON.stringify(person)} is no number of a person`, "thalassa pair lists people with theirs");
  }
  return await say("unpair", { person: Number(person) }, `${person} may not talk to the agents any more`, options);
}

/** Says something to the bridge and tells what its log then says. Throws: PairUnusable. */
async function say(verb: "pair" | "unpair", data: object, done: string, { json }: Options): Promise<number> {
  await using client = await terminal();
  try {
    const record = await sendWish(client, { to: POLLER_ADDRESS, verb, data: { ...data, who: speakerHere() } });
    const { event, seq } = cameOf(record);
    print(json ? JSON.stringify({ ...data, event, seq }) : done);
    return 0;
  } catch (error) {
    throw error instanceof JobUnusable ? unusable(error) : error;
  }
}

function unusable({ code, truth }: JobUnusable): PairUnusable {
  if (code === "job-unanswered") {
    const hint = "it is kept until the bridge runs: thalassa ps; thalassa pair shows what came of it";
    return new PairUnusable({ code: "pair-unanswered", message: truth, hint });
  }
  return new PairUnusable({ code: "pair-refused", message: truth, hint: "thalassa pair shows people and codes" });
}

function terminal(): Promise<Client> {
  return connectAs(terminalContract.client, findBus());
}

function print(line: string): void {
  process.stdout.write(`${withoutSecrets(line)}\n`);
}
