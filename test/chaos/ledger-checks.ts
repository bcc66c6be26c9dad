import { isDeepStrictEqual } from "node:util";
import type { CortexState } from "#actors/cortex/state.ts";
import { Fold } from "#runtime/fold.ts";
import { type Amount, budgetKey, tokensOf } from "#subjects/charge.ts";
import { CORTEX, type CortexEvent } from "#subjects/cortex.ts";
import { addressOf, parseAddress } from "#subjects/mod.ts";
import type { Response } from "#subjects/turn.ts";
import { kindOf, type Logs, type Violation } from "./checks.ts";
import type { Stored } from "./stored.ts";

type Charged = Extract<CortexEvent, { type: "charged" }>["data"];

/** The cortex of all that is said in a run. */
const LEDGER = addressOf("main", "cortex", CORTEX);

/** What the answers in the logs cost, all together. */
export function spentIn({ channel = [], branch = [] }: Logs): Amount & { readonly calls: number } {
  const costs = [...channel, ...branch].flatMap(({ data }) => (data as Partial<Response>).usage ?? []);
  return {
    calls: costs.length,
    tokens: costs.reduce((sum, usage) => sum + tokensOf({ ...usage, model: "", for: LEDGER }), 0),
    microUsd: costs.reduce((sum, { microUsd = 0 }) => sum + microUsd, 0),
  };
}

/** Each answer was charged once, the ledger has all of them and nothing else, to the last token, and shows it. */
export function checkLedger(logs: Logs, budgets: ReadonlyMap<string, unknown>): readonly Violation[] {
  const { channel = [], branch = [], cortex = [] } = logs;
  const charges = Map.groupBy(cortex, ({ cause }) => cause ?? "");
  const costly = [...channel, ...branch].filter(({ data }) => (data as Partial<Response>).usage !== undefined);
  const uneven = costly.flatMap(({ id, address, seq }) => {
    const times = charges.get(`${id}:charge`)?.length ?? 0;
    return times === 1 ? [] : [{ what: `${seq} was charged ${times} times`, address }];
  });
  const fold = new Fold(kindOf("cortex"), LEDGER);
  for (const record of cortex) fold.apply(record);
  const days = (fold.state as CortexState).days;
  const sum = (part: "calls" | "tokens" | "microUsd"): number => days.reduce((total, day) => total + day[part], 0);
  const kept = { calls: sum("calls"), tokens: sum("tokens"), microUsd: sum("microUsd") };
  const spent = spentIn(logs);
  const isEven = isDeepStrictEqual(kept, spent) && cortex.length === costly.length;
  return [
    ...uneven,
    ...(isEven ? [] : [{ what: `the ledger has ${JSON.stringify(kept)}; the logs ${JSON.stringify(spent)}` }]),
    ...checkShown(cortex, budgets),
    ...checkWarned(cortex, channel),
  ];
}

/** The view of an agent's budget is that of the last charge. */
function checkShown(cortex: readonly Stored[], budgets: ReadonlyMap<string, unknown>): readonly Violation[] {
  const last = cortex.at(-1);
  if (last === undefined) return [];
  const { day, spent } = last.data as Charged;
  const wanted = { day, ...spent.agent, seq: last.seq };
  const shown = budgets.get(budgetKey(parseAddress(LEDGER).agent, "agent"));
  if (isDeepStrictEqual(shown, wanted)) return [];
  return [{ what: `the view of the budget is ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}` }];
}

/** Of each limit that was reached the conversation was told, once. */
function checkWarned(cortex: readonly Stored[], channel: readonly Stored[]): readonly Violation[] {
  const warned = channel.filter(({ event }) => event === "warned").map(({ cause }) => cause);
  const due = cortex.flatMap(({ id, data }) => ((data as Charged).reached === undefined ? [] : [`${id}:warn`]));
  if (isDeepStrictEqual(warned.toSorted(), due.toSorted())) return [];
  return [{ what: `warnings ${due.join()} were due, and ${warned.join()} came` }];
}
