import { type Conversation, callsIn } from "#actors/turn/mod.ts";
import { Fold } from "#runtime/fold.ts";
import type { Address } from "#subjects/address.ts";
import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { byAddress, kindOf, type Logs, type Violation } from "./checks.ts";
import { numberOf, seenBy } from "./decision.ts";
import type { Asked } from "./stand-in.ts";
import type { Stored } from "./stored.ts";
import type { Thought } from "./thoughts.ts";

type Data<Type extends ChannelEvent["type"]> = Extract<ChannelEvent, { type: Type }>["data"];

type Begun = { readonly work: Address; readonly by: Address; readonly seq: number; readonly task: string };

/** Each branch was begun once, spawned once, concluded once, and its conversation heard of that once and as it was. */
export function checkBranches(logs: Logs): readonly Violation[] {
  const { channel = [], branch = [] } = logs;
  const begun = begunIn(channel);
  const branches = byAddress(branch);
  const ends = Map.groupBy(named(channel, "concluded"), ({ data }) => (data as Data<"concluded">).from);
  const wrong = begun.flatMap(({ work, by, seq, task }) => {
    const records = branches.get(work) ?? [];
    const spawned = named(records, "spawned");
    const { from, seq: as, task: about } = (spawned[0]?.data ?? {}) as { from?: string; seq?: number; task?: string };
    const concluded = named(records, "concluded");
    const heard = ends.get(work) ?? [];
    const told = heard.filter(({ address, data }) => address === by && isSameEnd(data, concluded[0]?.data));
    const asBegun = from === by && as === seq && about === task;
    if (spawned.length === 1 && asBegun && concluded.length === 1 && heard.length === 1 && told.length === 1) return [];
    const what = `${work} was spawned ${spawned.length} times (as begun: ${asBegun}), concluded ${concluded.length} times, and ${by} was told ${heard.length} times, ${told.length} of them rightly`;
    return [{ what, address: by }];
  });
  const works = new Set(begun.map(({ work }) => work));
  const strays = [...branches.keys()].filter((address) => !works.has(address));
  return [...wrong, ...strays.map((address) => ({ what: "nothing began this branch", address }))];
}

/** Every branch that a channel's answer began. */
export function begunIn(channel: readonly Stored[]): readonly Begun[] {
  return channel.flatMap(({ address, id, data }) => {
    const { began = [] } = data as Pick<Data<"thought">, "began">;
    return began.map(({ call, seq, task }) => ({ work: branchAddress(address, id, call), by: address, seq, task }));
  });
}

/**
 * Each conclusion is in exactly one turn that has ended and did not fail; only what was cancelled, or could not be told of, may
 * still wait for one.
 */
export function checkReports(channel: readonly Stored[]): readonly Violation[] {
  const told = reportsIn(channel);
  return [...byAddress(channel)].flatMap(([address, records]) => {
    return named(records, "concluded").flatMap(({ seq, data }) => {
      const ends = told.filter((each) => each.seq === seq).map(({ end }) => end);
      const times = ends.filter((end) => end !== "failed").length;
      const isQuiet = (data as Data<"concluded">).outcome === "cancelled" || ends.includes("failed");
      if (times === 1 || (times === 0 && isQuiet)) return [];
      return [{ what: `the conclusion ${seq} was told of in ${times} turns`, address }];
    });
  });
}

/** The conclusions in turns that have ended, with the events that ended them. */
export function reportsIn(channel: readonly Stored[]): readonly { readonly seq: number; readonly end: string }[] {
  return [...byAddress(channel)].flatMap(([address, records]) => {
    const fold = new Fold(kindOf("channel"), address);
    return records.flatMap((record) => {
      const { turn } = fold.state as Conversation;
      fold.apply(record);
      if ((record.data as { readonly answers?: unknown }).answers === undefined) return [];
      const reports = (turn?.lines ?? []).filter(({ role }) => role === "report");
      return reports.map(({ seq }) => ({ seq, end: record.event }));
    });
  });
}

/** Nobody was answered by a model that had not seen the message. */
export function checkSeen(channel: readonly Stored[]): readonly Violation[] {
  const heard = new Map(named(channel, "heard").map(({ seq, data }) => [seq, numberOf((data as Data<"heard">).text)]));
  return named(channel, "said").flatMap(({ address, seq, data }) => {
    const { text, answers = [] } = data as Data<"said">;
    const seen = seenBy(text);
    const unseen = answers.filter((each) => seen !== undefined && !seen.has(heard.get(each) ?? ""));
    return unseen.map((each) => ({ what: `${seq} answers ${each}, which its model never saw`, address }));
  });
}

/**
 * Each tool call has exactly one result: with its answer or in one `used`; no result is of no call. Only a branch that was
 * cancelled waits no longer for its last ones.
 */
export function checkResults(logs: Logs): readonly Violation[] {
  return ["channel", "branch"].flatMap((kind) =>
    [...byAddress(logs[kind] ?? [])].flatMap(([address, records]) => {
      const answers = records.map(({ data }) => data as Partial<Data<"thought">>);
      const calls = answers.flatMap(({ content }) => callsIn(content).map(({ id }) => id));
      const settled = answers.flatMap(({ results = [] }) => results.map(({ call }) => call));
      const used = named(records, "used").map(({ data }) => (data as Data<"used">).call);
      const results = [...settled, ...used];
      const left = kind === "branch" ? leftBy(records) : new Set();
      const wrong = new Set([...calls, ...results])
        .values()
        .filter(
          (id) => count(calls, id) !== 1 || (count(results, id) !== 1 && !(left.has(id) && !results.includes(id))),
        );
      return [...wrong].map((id) => {
        return { what: `call ${id} was made ${count(calls, id)} times and has ${count(results, id)} results`, address };
      });
    }),
  );
}

/** A model was asked what the logs call for, and no more often than once and once again for each new owner. */
export function checkCalls(thoughts: readonly Thought[], asked: readonly Asked[]): readonly Violation[] {
  const times = Map.groupBy(asked, ({ key }) => key);
  const called = Map.groupBy(thoughts, ({ key }) => key);
  const unexplained = [...times.keys()].filter((key) => !called.has(key));
  const wrong = [...called].flatMap(([key, same]) => {
    const count = times.get(key)?.length ?? 0;
    const least = same.filter(({ isAnswered }) => isAnswered).length;
    const most = same.reduce((sum, { resumed }) => sum + 1 + resumed, 0);
    if (count >= least && count <= most) return [];
    const [{ address, step } = { address: undefined, step: "" }] = same;
    const what = `${step} was asked ${count} times, and its log explains ${least} to ${most} (${key})`;
    return [{ what, ...(address === undefined ? {} : { address }) }];
  });
  return [...wrong, ...unexplained.map((key) => ({ what: `a model was asked ${key}, which no log calls for` }))];
}

/** The calls that a branch was waiting for when it was cancelled. */
function leftBy(records: readonly Stored[]): ReadonlySet<string> {
  const { outcome } = (named(records, "concluded")[0]?.data ?? {}) as { readonly outcome?: string };
  const last = named(records, "thought").at(-1)?.data as Data<"thought"> | undefined;
  return new Set(outcome === "cancelled" ? callsIn(last?.content).map(({ id }) => id) : []);
}

function named(records: readonly Stored[], event: string): readonly Stored[] {
  return records.filter((record) => record.event === event);
}

function isSameEnd(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other] as readonly Partial<Data<"concluded">>[];
  return a?.outcome === b?.outcome && a?.text === b?.text;
}

function count(among: readonly string[], id: string): number {
  return among.filter((each) => each === id).length;
}
