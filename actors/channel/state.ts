import type { Who } from "#subjects/mod.ts";

/** One line of the conversation; a `note` says why thinking came to nothing. Units: `at` ms since 1970. */
export type Line = {
  readonly role: "user" | "agent" | "note";
  readonly seq: number;
  readonly at: number;
  readonly text: string;
  readonly who?: Who;
};

/**
 * Where a conversation stands. Every message heard is in exactly one of `thinking`, `waiting`, or what is settled:
 * `window` and the lines `before` it. Kept small, for each snapshot of it is stored.
 */
export type ChannelState = {
  readonly heard: number;
  readonly said: number;
  /** The messages that the running call answers; empty at rest. They do not change while it runs. */
  readonly thinking: readonly Line[];
  /** What was heard meanwhile: the next calls answer it. */
  readonly waiting: readonly Line[];
  /** The newest settled lines. */
  readonly window: readonly Line[];
  /** How many settled lines have left the window. */
  readonly before: number;
  /** The very first message, once it has left the window. */
  readonly first?: Line;
};

/** Raised when `ChannelState` changes its shape. */
export const STATE_VERSION = 1;

/** Most settled lines that are kept for the model. Units: lines. */
export const MAX_WINDOW_LINES = 200;

/** Most text of settled lines that is kept for the model; the newest line is kept however long. Units: UTF-16 units. */
export const MAX_WINDOW_LENGTH = 65_536;

/** Most messages that one call answers. Units: lines. */
export const MAX_CALL_LINES = 100;

/** Most text that one call answers, if it is more than one message. Units: UTF-16 units. */
export const MAX_CALL_LENGTH = 65_536;

/** Most messages that wait; the next one is refused, for every one of them is in each snapshot. Units: lines. */
export const MAX_WAITING_LINES = 10_000;

/** Most text that waits. Units: UTF-16 units. */
export const MAX_WAITING_LENGTH = 2_097_152;

/** A conversation in which nothing was said yet. */
export function initial(): ChannelState {
  return { heard: 0, said: 0, thinking: [], waiting: [], window: [], before: 0 };
}

/** Units: UTF-16 units. */
export function lengthOf(lines: readonly Line[]): number {
  return lines.reduce((length, line) => length + line.text.length, 0);
}

/** How this conversation stands, for whoever asks. */
export function status(state: ChannelState): { heard: number; said: number; thinking: boolean; waiting: number } {
  const { heard, said, thinking, waiting } = state;
  return { heard, said, thinking: thinking.length > 0, waiting: waiting.length };
}
