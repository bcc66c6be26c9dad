import type { z } from "zod";
import type { Upgrades } from "./upgrade.ts";

/**
 * The accounts of the bus. Streams live in CORE; whoever faces the outside (EDGE), runs what models wrote (HANDS) or only
 * looks (TAP) lives apart, since an answer may be asked for on any subject of one's own account.
 */
export type Account = "CORE" | "EDGE" | "HANDS" | "TAP";

/** Bodies by name. */
type Schemas = Readonly<Record<string, z.ZodType>>;

/**
 * What one kind of actor says to the rest of the bus: the row from which streams, permissions and docs are made.
 * A kind's contract is data; its behaviour lives in `actors/<kind>/`.
 */
export type KindContract = {
  readonly kind: string;
  /** Schema version of its mail and events; raised when a body changes its shape. */
  readonly version: number;
  readonly account: Account;
  readonly about: string;
  /** Mail it takes, by verb. */
  readonly mail: Schemas;
  /** Events of its log. */
  readonly events: Schemas;
  /** What it tells on the live plane, by noun. */
  readonly live: Schemas;
  /** Questions its owner answers, by name: the shape of the answer. */
  readonly asks: Schemas;
  /** Verbs it sends to other kinds, by kind. */
  readonly sends: Readonly<Record<string, readonly string[]>>;
  /** Read models it writes entries of. */
  readonly views: readonly string[];
  /** Entries it keeps together with other kinds, by bucket: patterns of keys. */
  readonly shares?: Readonly<Record<string, readonly string[]>>;
  /** Entries it reads besides its own, by bucket: patterns of keys. */
  readonly reads?: Readonly<Record<string, readonly string[]>>;
  /** Entries it lists, by bucket: patterns of keys. The server lets whoever lists any of a bucket read all of it. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Kinds whose past it reads besides its own: their logs and snapshots. */
  readonly pasts?: readonly string[];
  /** Kinds whose live plane it listens to, on behalf of actors of its own. */
  readonly hears?: readonly string[];
  /**
   * Whether it reads what is in the object store, or also keeps things there. The server lets whoever may any of it do
   * so to all of it.
   */
  readonly artifacts?: "read" | "write";
  /** Each of its actors belongs to a host, whose name is its id, and only that host's process serves it. */
  readonly host?: true;
  /** How what was stored under older versions becomes what is written today. */
  readonly upgrades?: { readonly events?: Upgrades; readonly mail?: Upgrades };
};

/** Somebody on the bus who is no actor: sends mail and follows logs. */
export type ClientContract = {
  readonly client: string;
  readonly account: Account;
  readonly about: string;
  /** Verbs it sends, by kind. */
  readonly sends: Readonly<Record<string, readonly string[]>>;
  /** Kinds whose log and live planes it follows. */
  readonly follows: readonly string[];
  /** Entries it reads besides the views, by bucket: patterns of keys. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** Entries it lists, by bucket: patterns of keys. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Whether it reads what is in the object store. */
  readonly artifacts?: "read";
};

/** Mail of a kind as `decide` sees it: a verb and its parsed body. */
export type MailOf<C extends KindContract> = {
  [Verb in keyof C["mail"] & string]: { readonly verb: Verb; readonly data: z.output<C["mail"][Verb]> };
}[keyof C["mail"] & string];

/** Event of a kind: its name and body. */
export type EventOf<C extends KindContract> = {
  [Name in keyof C["events"] & string]: { readonly type: Name; readonly data: z.output<C["events"][Name]> };
}[keyof C["events"] & string];
