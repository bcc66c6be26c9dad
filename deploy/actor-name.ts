import { terminalContract } from "#subjects/clients.ts";
import { type Address, isAddress, OPERATOR, parseAddress, resolveChannel } from "#subjects/mod.ts";
import { BadUse } from "./failure.ts";
import { checkKind } from "./kinds.ts";

/** An actor and a place in its log. */
export type ActorAt = { readonly address: Address; readonly seq: number };

/** The actor that a person means: an address is used as it is, a plain name is a channel of theirs. Throws: BadUse; BadToken. */
export function actorNamed(name: string): Address {
  if (!isAddress(name)) return resolveChannel(name, terminalContract.client);
  checkKind(parseAddress(name).kind);
  return name;
}

/** Reads `ADDRESS@SEQ`. Throws: BadUse; BadToken. */
export function actorAt(text: string): ActorAt {
  const [, name = "", seq] = /^(.+)@(\d{1,15})$/.exec(text) ?? [];
  if (Number(seq) > 0) return { address: actorNamed(name), seq: Number(seq) };
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
