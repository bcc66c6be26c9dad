import { isDeepStrictEqual } from "node:util";
import { branch } from "#actors/branch/kind.ts";
import { channel } from "#actors/channel/kind.ts";
import { cortex } from "#actors/cortex/kind.ts";
import { executor } from "#actors/executor/kind.ts";
import { worker } from "#actors/worker/kind.ts";
import type { AnyKind } from "#runtime/actor.ts";
import { Fold } from "#runtime/fold.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import { PREV_LENGTH } from "#subjects/headers.ts";
import { parseSubject, subjectOf } from "#subjects/planes.ts";
import type { Said, Stored } from "./stored.ts";
import type { Message } from "./talker.ts";
import type { Tap } from "./tap.ts";

/** Something that must never be. `address` names the channel whose log shows it. */
export type Violation = { readonly what: string; readonly address?: Address };

/** All that is stored, by kind. */
export type Logs = Readonly<Record<string, readonly Stored[]>>;

/** The events that the view of channels shows. */
const SHOWN: ReadonlySet<string> = new Set(["said", "failed"]);

const FOLDED: Readonly<Record<string, unknown>> = { channel, branch, cortex, worker, executor };

/** The kind by whose rules logs are folded. */
export function kindOf(kind: string): AnyKind {
  return FOLDED[kind] as AnyKind;
}

/** Events of one actor each. */
export function byAddress(log: readonly Stored[]): ReadonlyMap<Address, readonly Stored[]> {
  return Map.groupBy(log, (record) => record.address);
}

/** The messages that an event closes. */
export function answersOf(record: Stored): readonly number[] {
  return (record.data as { readonly answers?: readonly number[] }).answers ?? [];
}

/** Each message stands exactly once as `heard` in its own log, and nothing else does. */
export function checkHeard(log: readonly Stored[], messages: readonly Message[]): readonly Violation[] {
  const heard = Map.groupBy(
    log.filter(({ event }) => event === "heard"),
    ({ cause }) => cause ?? "",
  );
  const sent = new Set(messages.map(({ id }) => id));
  const wrong = messages.flatMap(({ id, address, text }) => {
    const records = heard.get(id) ?? [];
    const right = records.filter((each) => each.address === address && (each.data as { text: string }).text === text);
    if (records.length === 1 && right.length === 1) return [];
    return [{ what: `${id} was heard ${records.length} times, ${right.length} of them as it was said`, address }];
  });
  const unsent = [...heard.keys()].filter((cause) => !sent.has(cause));
  return [...wrong, ...unsent.map((cause) => ({ what: `nobody said ${cause || "a heard without a cause"}` }))];
}

/** Each `heard` stands in exactly one `answers`, and nothing else does. */
export function checkAnswered(log: readonly Stored[]): readonly Violation[] {
  return [...byAddress(log)].flatMap(([address, records]) => {
    const heard = records.filter(({ event }) => event === "heard").map(({ seq }) => seq);
    const answered = records.flatMap(answersOf);
    const wrong = new Set([...heard, ...answered]).values().flatMap((seq) => {
      const [times, exists] = [answered.filter((each) => each === seq).length, heard.includes(seq)];
      return times === 1 && exists
        ? []
        : [{ what: `heard ${seq} (there: ${exists}) was answered ${times} times`, address }];
    });
    return [...wrong];
  });
}

/** Every record names those before it, no id stands twice, and none is a forgery. */
export function checkChains(log: readonly Stored[]): readonly Violation[] {
  const ids = Map.groupBy(log, ({ id }) => id);
  const doubled = [...ids.values()].filter((records) => records.length > 1);
  const broken = [...byAddress(log)].flatMap(([address, records]) =>
    records.flatMap(({ seq, prev, forged }, at) => {
      const before = records.slice(Math.max(0, at - PREV_LENGTH), at).map((each) => each.seq);
      if (!forged && isDeepStrictEqual(before, prev)) return [];
      return [{ what: `record ${seq} (forged: ${forged}) names ${prev} before it, not ${before}`, address }];
    }),
  );
  return [...broken, ...doubled.map(([first]) => ({ what: `event ${first?.id} is stored twice` }))];
}

/** What was told live of a kind is what is stored, and all of it but for what came while the tap was cut off. */
export function checkTold(kind: string, log: readonly Stored[], tap: Tap): readonly Violation[] {
  const heard = tap.told.filter(({ subject }) => parseSubject(subject).address.split(".")[1] === kind);
  const stored = new Map(log.map((record) => [record.seq, record]));
  const untrue = heard.filter(({ seq, subject, id, body }) => {
    const record = stored.get(seq);
    if (record === undefined) return true;
    return record.id !== id || record.body !== body || subjectOf(record.address, "log", record.event) !== subject;
  });
  const told = new Set(heard.map(({ seq }) => seq));
  const blind = ({ storedAt }: Stored): boolean =>
    tap.blindnesses.some(
      ({ fromAt, untilAt }) => storedAt >= fromAt - BLIND_BEFORE_MS && Math.floor(storedAt) <= untilAt,
    );
  const missed = log.filter((record) => !told.has(record.seq) && !blind(record));
  return [
    ...untrue.map(({ seq, subject }) => ({ what: `${subject} was told as ${seq} and is not stored so` })),
    ...missed.map(({ seq, storedAt, address }) => ({ what: neverTold(seq, storedAt, tap), address })),
    ...(told.size < heard.length ? [{ what: `${heard.length - told.size} records were told twice` }] : []),
  ];
}

/** With the time in which the tap was last cut off before, for whoever looks for the cause. */
function neverTold(seq: number, storedAt: number, { blindnesses }: Tap): string {
  const last = blindnesses.findLast(({ fromAt }) => fromAt <= storedAt);
  const since = last === undefined ? "never was" : `was last from ${last.fromAt} to ${last.untilAt}`;
  return `record ${seq} was stored at ${storedAt} and never told; the tap ${since} cut off`;
}

/** What was stored so long before the tap noticed that the server is gone may have died on the way. Units: ms. */
const BLIND_BEFORE_MS = 1_000;

/** An actor's live state is what its log folds to. */
export function checkState(address: Address, records: readonly Stored[], said: Said): readonly Violation[] {
  const fold = new Fold(kindOf(parseAddress(address).kind), address);
  for (const record of records) fold.apply(record);
  const replayed = JSON.parse(JSON.stringify(fold.state));
  if (said.seq === fold.seq && isDeepStrictEqual(said.state, replayed)) return [];
  const what = `its state at ${said.seq} is ${JSON.stringify(said.state)}; its log folds at ${fold.seq} to ${JSON.stringify(replayed)}`;
  return [{ what, address }];
}

/** The view of channels shows the last answer of each. */
export function checkViews(log: readonly Stored[], viewed: ReadonlyMap<string, number>): readonly Violation[] {
  return [...byAddress(log)].flatMap(([address, records]) => {
    const last = records.findLast(({ event }) => SHOWN.has(event))?.seq;
    const shown = viewed.get(parseAddress(address).id);
    return shown === last ? [] : [{ what: `its view shows ${shown}, its last answer is ${last}`, address }];
  });
}
