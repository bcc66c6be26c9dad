import type { Address } from "#subjects/address.ts";
import type { Person } from "#subjects/telegram-update.ts";
import type { Ranges } from "./seen.ts";

/** Somebody who asks to be let in. Units: `until` ms since 1970. A turned one gets no new code before that. */
export type Asking = {
  readonly code: string;
  readonly person: Person;
  readonly chat: number;
  readonly until: number;
  readonly isTurned?: true;
};

/** Something that counts against how much may be written. Units: `at` ms since 1970. */
export type Counted = {
  readonly person: number;
  readonly at: number;
  readonly album?: string;
  /** Nobody that is known: counts for themselves alone. */
  readonly isStranger?: true;
};

/** How it stands at the door to Telegram. */
export type PollerState = {
  readonly type: "poller";
  readonly address: Address;
  readonly isOpen: boolean;
  /** Who the bot is, where Telegram has said it. */
  readonly bot?: string;
  readonly id?: number;
  readonly mode?: "polling" | "webhook";
  /** What stands in the way. */
  readonly problem?: string;
  /** Numbers of updates that were taken in. */
  readonly seen: Ranges;
  /** Who was let in, by number. Units: `since` ms since 1970. */
  readonly people: Readonly<Record<string, Person & { readonly since: number }>>;
  readonly asking: readonly Asking[];
  /** What was written within the last minute. */
  readonly recent: readonly Counted[];
  /** When people were told that they write too much. */
  readonly hasty: Readonly<Record<string, number>>;
};

/** Most people who were let in. */
export const MAX_PEOPLE = 10_000;

/** Most people who ask to be let in at once. */
export const MAX_ASKING = 100;

/** What is written is counted over so long. Units: ms. */
export const MINUTE_MS = 60_000;

/** The door before anybody opened it. */
export function initialPoller(address: Address): PollerState {
  return { type: "poller", address, isOpen: false, seen: [], people: {}, asking: [], recent: [], hasty: {} };
}

/** Whoever asks to be let in at that time, turned ones included. Units: `at` ms since 1970. */
export function askingAt({ asking }: Pick<PollerState, "asking">, at: number): readonly Asking[] {
  return asking.filter(({ until }) => until > at);
}

/** Who may talk here, and who asks to. Units: `at` ms since 1970. */
export function peopleOf(state: PollerState, at: number) {
  return {
    ...(state.bot === undefined ? {} : { bot: state.bot }),
    people: Object.values(state.people),
    asking: askingAt(state, at)
      .filter(({ isTurned }) => isTurned !== true)
      .map(({ person, code, until }) => ({ ...person, code, until })),
  };
}
