import type { Address, Who } from "#subjects/mod.ts";
import type { Line } from "./line.ts";
import { lengthOf } from "./line.ts";
import type { Turn } from "./turn.ts";

/** Work that was begun here and goes on. Units: `since` ms since 1970. */
export type Work = {
  readonly address: Address;
  readonly task: string;
  readonly since: number;
  /** How many thoughts on the side led to it, one after the other, since a person last spoke. */
  readonly depth: number;
  /** Because of whom it was begun. */
  readonly who?: Who;
  /** What it last said of itself. */
  readonly status?: string;
};

/**
 * Where a conversation stands, folded from a channel's log: the channel goes on from it, and a branch thinks with it. Every
 * message heard is in exactly one of `turn`, `waiting`, or what is settled: `window` and the lines `before` it. Kept small,
 * for each snapshot of it is stored.
 */
export type Conversation = {
  readonly address: Address;
  /** The newest event that is in it; what was forgotten is passed by. */
  readonly seq: number;
  readonly heard: number;
  readonly said: number;
  /** What is being thought about; absent at rest. */
  readonly turn?: Turn;
  /** What came meanwhile: the turn's next call sees it. */
  readonly waiting: readonly Line[];
  /** The newest settled lines. */
  readonly window: readonly Line[];
  /** How many settled lines have left the window. */
  readonly before: number;
  /** The very first message, once it has left the window. */
  readonly first?: Line;
  readonly work: readonly Work[];
  /** What the agent last said it is about. */
  readonly about?: string;
};

/** Raised when `Conversation` changes its shape. */
export const CONVERSATION_VERSION = 3;

/** Most settled lines that are kept for the model. Units: lines. */
export const MAX_WINDOW_LINES = 200;

/** Most text of settled lines that is kept for the model; the newest line is kept however long. Units: UTF-16 units. */
export const MAX_WINDOW_LENGTH = 65_536;

/** Most messages that one call takes in. Units: lines. */
export const MAX_CALL_LINES = 100;

/** Most text that one call takes in, if it is more than one message. Units: UTF-16 units. */
export const MAX_CALL_LENGTH = 65_536;

/** Most messages that wait; the next one is refused, for every one of them is in each snapshot. Units: lines. */
export const MAX_WAITING_LINES = 10_000;

/** Most text that waits. Units: UTF-16 units. */
export const MAX_WAITING_LENGTH = 2_097_152;

/** A conversation in which nothing was said yet. */
export function emptyConversation(address: Address): Conversation {
  return { address, seq: 0, heard: 0, said: 0, waiting: [], window: [], before: 0, work: [] };
}

/** The seqs of the messages that the running turn is about. */
export function heardIn(lines: readonly Line[]): readonly number[] {
  return lines.flatMap(({ role, seq }) => (role === "user" ? [seq] : []));
}

/** What a bridge calls the messages that a turn is about, as an event says it: nothing where it names none. */
export function refsIn(lines: readonly Line[]): { readonly re?: string[] } {
  const re = lines.flatMap(({ role, ref }) => (role === "user" && ref !== undefined ? [ref] : []));
  return re.length === 0 ? {} : { re };
}

/** Who began the running turn; where a conclusion did, who began what concluded. */
export function beganBy({ turn }: Pick<Conversation, "turn">): Who | undefined {
  return turn?.lines.find(({ who }) => who !== undefined)?.who;
}

/** Everybody because of whom the running turn thinks. */
export function speakersIn({ turn }: Pick<Conversation, "turn">): readonly Who[] {
  const all = (turn?.lines ?? []).flatMap(({ who }) => who ?? []);
  return all.filter((who, at) => all.findIndex(({ party, id }) => party === who.party && id === who.id) === at);
}

/** How deep work would be that these lines lead to: 0 where a person spoke, else one more than what concluded. */
export function depthAfter(lines: readonly Line[]): number {
  if (lines.some(({ role }) => role === "user")) return 0;
  return 1 + Math.max(0, ...lines.map(({ depth = 0 }) => depth));
}

/** Whether so much waits already that nothing more can be taken in. */
export function isFull({ waiting }: Conversation, more: number): boolean {
  if (waiting.length === 0) return false;
  return waiting.length >= MAX_WAITING_LINES || lengthOf(waiting) + more > MAX_WAITING_LENGTH;
}
