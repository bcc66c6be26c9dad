import { type Amount, type Charge, personId, tokensOf } from "#subjects/charge.ts";
import type { CortexEvent } from "#subjects/cortex.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { NO_SLOTS, type Slots } from "./slots.ts";

/** What can be asked of a day: spent for whom, because of whom, by which kind, on which model. */
export const DIMENSIONS = ["channel", "person", "kind", "model"] as const;

/** One of them. */
export type Dimension = (typeof DIMENSIONS)[number];

/**
 * What went to one name. `doubt` counts against its limits too: it is the most that this name may have spent before, when
 * it had to make room for others and was forgotten. Units: millionths of a US dollar.
 */
type Entry = Amount & { readonly doubt?: number };

/** Amounts by name. */
type Names = Readonly<Record<string, Entry>>;

/** What was spent on a day of UTC. */
export type Day = Amount & {
  readonly day: string;
  readonly calls: number;
  readonly by: Readonly<Record<Dimension, Names>>;
};

/** The ledger: the newest days that anything was spent on, oldest first; and how the agent's jobs stand. */
export type CortexState = { readonly agent: string; readonly days: readonly Day[]; readonly slots: Slots };

/** Raised when `CortexState` changes its shape. */
export const STATE_VERSION = 2;

/** Most days that are kept. */
export const MAX_DAYS = 31;

/** Days that may still be charged to, since a call that began before midnight ends after it, are kept in full. */
const FULL_DAYS = 2;

/**
 * Most names a dimension of a day in full. Up to so many, each amount is exact. Beyond, the smallest makes room, and
 * whoever takes a place begins with a doubt as large as what left it: so no money goes uncounted, and too much is counted
 * of at most what was spent on all, divided by this. Source: Metwally and others, Space-Saving, 2005.
 */
export const MAX_NAMES = 2_000;

/** Most names a dimension of any other day; the rest is one sum. */
export const KEPT_NAMES = 100;

/** The name of that sum. */
export const OTHERS = "others";

const NOTHING: Amount = { tokens: 0, microUsd: 0 };

/** A ledger without a line. */
export function initial(address: Address): CortexState {
  return { agent: parseAddress(address).agent, days: [], slots: NO_SLOTS };
}

/** What a charge adds. */
export function amountOf(charge: Charge): Amount {
  return { tokens: tokensOf(charge), microUsd: charge.microUsd ?? 0 };
}

/** The names under which a charge stands; nobody's person is none. */
export function namesOf(charge: Charge, by: Address): Readonly<Record<Dimension, string | undefined>> {
  return {
    channel: parseAddress(charge.for).id,
    person: charge.who === undefined ? undefined : personId(charge.who),
    kind: parseAddress(by).kind,
    model: charge.model.slice(0, MAX_MODEL),
  };
}

/** Longest name of a model that is kept. Units: UTF-16 units. */
const MAX_MODEL = 120;

/** What a name has spent on a day, as its limits see it. */
export function spentBy(state: CortexState, day: string, dimension: Dimension, name: string): Amount {
  const names = dayIn(state, day).by[dimension];
  const entry = entryOf(names, name);
  if (entry !== undefined) return { tokens: entry.tokens, microUsd: weight(entry) };
  return { tokens: 0, microUsd: smallestIfFull(names)?.weight ?? 0 };
}

/** A day, also one on which nothing was spent yet. */
export function dayIn({ days }: CortexState, day: string): Day {
  return days.find((each) => each.day === day) ?? { day, calls: 0, ...NOTHING, by: mapped(() => ({})) };
}

/** The ledger with a charge in it. */
export function charged(state: CortexState, data: Extract<CortexEvent, { type: "charged" }>["data"]): CortexState {
  const before = dayIn(state, data.day);
  const amount = amountOf(data);
  const names = namesOf(data, data.by);
  const by = mapped((dimension) => added(before.by[dimension], names[dimension], amount));
  const day: Day = { day: data.day, calls: before.calls + 1, ...plus(before, amount), by };
  const days = [...state.days.filter((each) => each.day !== day.day), day]
    .toSorted((one, other) => (one.day < other.day ? -1 : 1))
    .slice(-MAX_DAYS);
  const isFull = (at: number): boolean => at >= days.length - FULL_DAYS;
  return { ...state, days: days.map((each, at) => (isFull(at) || isSmall(each) ? each : summed(each, KEPT_NAMES))) };
}

function isSmall({ by }: Day): boolean {
  return DIMENSIONS.every((dimension) => Object.keys(by[dimension]).length <= KEPT_NAMES);
}

function mapped(namesIn: (dimension: Dimension) => Names): Day["by"] {
  return {
    channel: namesIn("channel"),
    person: namesIn("person"),
    kind: namesIn("kind"),
    model: namesIn("model"),
  };
}

/** A day whose names are no more than so many, the largest, and the rest under one. */
export function summed(day: Day, most: number): Day {
  const by = mapped((dimension) => largest(day.by[dimension], most));
  return { ...day, by };
}

/** The sum of two amounts. */
export function plus(one: Amount, other: Amount): Amount {
  return { tokens: one.tokens + other.tokens, microUsd: one.microUsd + other.microUsd };
}

/** A name with more on it; where there is no room for a new one, the smallest makes room. */
function added(names: Names, name: string | undefined, amount: Amount): Names {
  if (name === undefined) return names;
  const entry = entryOf(names, name);
  if (entry !== undefined) return { ...names, [name]: { ...entry, ...plus(entry, amount) } };
  const smallest = smallestIfFull(names);
  if (smallest === undefined) return { ...names, [name]: amount };
  const rest = Object.entries(names).filter(([each]) => each !== smallest.name && each !== OTHERS);
  const others = plus(entryOf(names, OTHERS) ?? NOTHING, entryOf(names, smallest.name) ?? NOTHING);
  return { ...Object.fromEntries(rest), [OTHERS]: others, [name]: { ...amount, doubt: smallest.weight } };
}

/** The name that makes room, where there is none left. */
function smallestIfFull(names: Names): { readonly name: string; readonly weight: number } | undefined {
  const entries = Object.entries(names).filter(([name]) => name !== OTHERS);
  if (entries.length < MAX_NAMES) return undefined;
  return entries
    .map(([name, entry]) => ({ name, weight: weight(entry) }))
    .reduce((least, each) => (each.weight < least.weight ? each : least));
}

function largest(names: Names, most: number): Names {
  const named = Object.entries(names).filter(([name]) => name !== OTHERS);
  const sorted = named.toSorted(([, one], [, other]) => other.microUsd - one.microUsd || other.tokens - one.tokens);
  const rest = sorted.slice(most).reduce((sum, [, entry]) => plus(sum, entry), entryOf(names, OTHERS) ?? NOTHING);
  const kept = sorted.slice(0, most).map(([name, { tokens, microUsd }]) => [name, { tokens, microUsd }] as const);
  const others = rest.tokens === 0 && rest.microUsd === 0 ? [] : [[OTHERS, rest] as const];
  return Object.fromEntries([...kept, ...others]);
}

function weight({ microUsd, doubt = 0 }: Entry): number {
  return microUsd + doubt;
}

/** A name may be that of something that every object has. */
function entryOf(names: Names, name: string): Entry | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
