import { inspect, styleText } from "node:util";
import { connectAs, findBus } from "#deploy/access.ts";
import { actorNamed } from "#deploy/actor-name.ts";
import { requirePast } from "#deploy/actor-past.ts";
import { momentOf } from "#deploy/moment.ts";
import type { Client } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import { type Address, type Moment, STATE, stateAnswerSchema } from "#subjects/mod.ts";

/** A state, and the newest event in it. */
export type StateAt = { readonly seq: number; readonly state: unknown };

/** Shows an actor's state, now or as of a moment. Throws: ActorWithoutLog. */
export async function state(name: string, options: { readonly at?: string; readonly json?: true }): Promise<number> {
  const address = await actorNamed(name);
  const moment = options.at === undefined ? {} : momentOf(options.at);
  await using client = await connectAs(terminalContract.client, findBus());
  const { seq, state } = await askState(client, address, moment);
  if (seq === 0) await requirePast(address);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ address, seq, state })}\n`);
    return 0;
  }
  const head = seq === 0 ? `${address}: nothing had happened` : `${address} as of #${seq}`;
  process.stdout.write(
    `${styleText("dim", head)}\n${inspect(state, { depth: null, colors: process.stdout.isTTY, maxArrayLength: null })}\n`,
  );
  return 0;
}

/** Asks an actor how it stands, or stood. Throws: Unanswered. */
export async function askState(client: Client, address: Address, moment: Moment): Promise<StateAt> {
  const { seq, state } = stateAnswerSchema.parse(await client.ask(address, STATE, moment));
  return { seq, state };
}
