import { terminalContract } from "#subjects/clients.ts";
import { type Address, isAddress, OPERATOR, parseAddress, resolveChannel } from "#subjects/mod.ts";
import { connectAs, findBus } from "./access.ts";
import { BadUse } from "./failure.ts";
import { channelMeant } from "./identity/whose-channel.ts";
import { checkKind } from "./kinds.ts";

/** An actor and a place in its log. */
export type ActorAt = { readonly address: Address; readonly seq: number };

/**
 * The actor that a person means: an address is used as it is, a plain name is the channel that `chat` opens under it.
 * Throws: BadUse; BadToken; NoBus, BusUnreachable for a plain name.
 */
export async function actorNamed(name: string): Promise<Address> {
  if (isAddress(name)) {
    checkKind(parseAddress(name).kind);
    return name;
  }
  // What cannot be a name is told before anything is asked of the bus.
  resolveChannel(name, terminalContract.client);
  await using client = await connectAs(terminalContract.client, findBus());
  return await channelMeant(client, name);
}

/** Reads `ADDRESS@SEQ`. Throws: BadUse; BadToken. */
export async function actorAt(text: string): Promise<ActorAt> {
  const [, name = "", seq] = /^(.+)@(\d{1,15})$/.exec(text) ?? [];
  if (Number(seq) > 0) return { address: await actorNamed(name), seq: Number(seq) };
  throw new BadUse(
    `${text} names no place in a log`,
    "write ADDRESS@SEQ, with a number that the log shows after #: work@42",
  );
}

/** The user that may read an actor's log: the terminal those it follows, the operator all. */
export function readerOf(address: Address): string {
  const follows: readonly string[] = terminalContract.follows;
  return follows.includes(parseAddress(address).kind) ? terminalContract.client : OPERATOR;
}
