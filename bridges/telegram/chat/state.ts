import { type Address, parseAddress } from "#subjects/address.ts";
import type { JobEntry } from "#subjects/job.ts";
import type { Button, Look, Outgoing } from "#subjects/telegram-shown.ts";
import type { Admitted, Place } from "#subjects/telegram-update.ts";

/** A message that was passed on, by the event `id`, and is not answered yet. Units: `at` ms since 1970. */
export type Open = { readonly ref: string; readonly message: number; readonly id: string; readonly at: number };

/** Something to be shown, the `n`th here. `placed` are the messages that are there for it, part by part. */
export type Item = { readonly n: number; readonly out: Outgoing; readonly placed: readonly number[] };

/** Something that is shown and may change. Units: `until` ms since 1970. */
export type Shown = {
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly until?: number;
  /** The messages that show it, part by part. */
  readonly messages: readonly number[];
  /** What was decided here by somebody, each once, and by which event. */
  readonly pressed: readonly { readonly once: string; readonly by: string }[];
};

/** What of a job is known in its chat. */
export type KnownJob = Pick<JobEntry, "state" | "text" | "who" | "status" | "at"> & {
  readonly approvals: readonly string[];
  /** Who has decided what, in words. */
  readonly decided: readonly string[];
};

/** A button that waits for its answer. */
export type Pressed = { readonly query: string; readonly text: string };

/** Where a chat or topic stands. */
export type ChatState = {
  readonly type: "chat";
  readonly address: Address;
  readonly place: Place;
  /** Which start of its conversation it is in, the first one being 1. */
  readonly start: number;
  /** The model that answered last. */
  readonly model?: string;
  readonly open: readonly Open[];
  /** The newest messages that were passed on, by their numbers: a change of another one means nothing here. */
  readonly passed: readonly number[];
  /** Changes that the agent has not been told of. */
  readonly edits: readonly string[];
  /** Parts of albums that have come, and when the last one did. Units: ms since 1970. */
  readonly albums: Readonly<Record<string, { readonly messages: readonly Admitted[]; readonly at: number }>>;
  /** Messages whose files are fetched, and those that came after them, by the seq of the event; one after the other. */
  readonly fetches: Readonly<Record<string, readonly Admitted[]>>;
  readonly looks: Readonly<Record<string, Look>>;
  readonly presses: readonly Pressed[];
  readonly queue: readonly Item[];
  /** How many things were to be shown here. */
  readonly count: number;
  readonly notices: Readonly<Record<string, Shown>>;
  readonly jobs: Readonly<Record<string, KnownJob>>;
  /** When the last calls were made that Telegram counts. Units: ms since 1970. */
  readonly calls: readonly number[];
  /** Why nothing can be shown there. */
  readonly parked?: string;
};

/** Most changes that the agent is told of at once. */
export const MAX_EDITS = 10;

/** Most messages whose changes are noticed. */
export const MAX_PASSED = 50;

/** Most things that change and jobs which are known; the oldest ones are forgotten. */
export const MAX_KNOWN = 40;

/** The parts of an album come within this time, one after the other. Units: ms. */
export const ALBUM_MS = 1_000;

/** Telegram counts calls of a minute. Units: ms. */
export const COUNTED_MS = 60_000;

/** A chat in which nothing has happened. Its name says which one it is. Shape of an id: `-1004711-t9`. */
export function initialChat(address: Address): ChatState {
  const [, chat = "0", topic] = /^(-?\d+)(?:-t(\d+))?$/.exec(parseAddress(address).id) ?? [];
  const place: Place = {
    chat: Number(chat),
    kind: chat.startsWith("-") ? "group" : "private",
    ...(topic === undefined ? {} : { topic: Number(topic) }),
  };
  return {
    type: "chat",
    address,
    place,
    start: 1,
    open: [],
    passed: [],
    edits: [],
    albums: {},
    fetches: {},
    looks: {},
    presses: [],
    queue: [],
    count: 0,
    notices: {},
    jobs: {},
    calls: [],
  };
}
