import { roleOf } from "#actors/policy/mod.ts";
import { type Amount, type Charge, dayOf, type Scope } from "#subjects/charge.ts";
import type { CortexEvent, CortexMail } from "#subjects/cortex.ts";
import { amountText, type Limit, raising } from "#subjects/limit.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { claim, panic, release, type SlotRules } from "./judge-slots.ts";
import { amountOf, type CortexState, dayIn, namesOf, plus, spentBy } from "./state.ts";

/** What a cortex judges. Units: `at` ms since 1970. */
type CortexInput =
  | ({ readonly type: "mail"; readonly at: number; readonly from?: Address } & CortexMail)
  | { readonly type: "outcome" | "emission" | "failure" };

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

type Charged = Extract<CortexEvent, { type: "charged" }>["data"];

/** Judges one input: what a call cost is counted on its day, and told of where it reached a limit; jobs have their turns. */
export function decideWith(limits: readonly Limit[], rules: SlotRules) {
  return (state: CortexState, input: CortexInput): CortexEvent | Refusal | undefined => {
    if (input.type !== "mail") return undefined;
    switch (input.verb) {
      case "charge":
        return charge(state, input, limits);
      case "claim":
        return claim(state, input.from, input.data, rules);
      case "release":
        return release(state, input.from, rules);
      case "panic":
        return panic(state, input.data, roleOf(input.data.who, rules.roles), rules);
    }
  };
}

function charge(
  state: CortexState,
  { data, at, from: by }: Extract<CortexInput, { verb: "charge" }>,
  limits: readonly Limit[],
): CortexEvent | Refusal {
  if (by === undefined) {
    const reason = "a charge has to say which actor called the model; send it as that actor";
    return { type: "refusal", code: "charge-unsigned", reason };
  }
  const { agent, kind } = parseAddress(data.for);
  if (parseAddress(by).agent !== state.agent || agent !== state.agent || !PAYERS.includes(kind)) {
    const reason = `${by} charges for ${data.for}, and here is agent ${state.agent}; charge the cortex of the agent whose conversation it is`;
    return { type: "refusal", code: "charge-foreign", reason };
  }
  const day = dayOf(at);
  const before = totals(state, day, data, by);
  const amount = amountOf(data);
  const spent = {
    agent: plus(before.agent, amount),
    channel: plus(before.channel, amount),
    ...(before.person === undefined ? {} : { person: plus(before.person, amount) }),
  };
  const reached = limits.flatMap((limit) => reachedBy(limit, before[limit.scope], spent[limit.scope], day));
  return { type: "charged", data: { ...data, by, day, spent, ...(reached.length === 0 ? {} : { reached }) } };
}

/** What may be thought for: a conversation, or a job that none is told of. */
const PAYERS: readonly string[] = ["channel", "worker"];

/** What the scopes of a charge have spent on its day before it. */
function totals(state: CortexState, day: string, charge: Charge, by: Address) {
  const { channel = "", person } = namesOf(charge, by);
  const { tokens, microUsd } = dayIn(state, day);
  return {
    agent: { tokens, microUsd },
    channel: spentBy(state, day, "channel", channel),
    person: person === undefined ? undefined : spentBy(state, day, "person", person),
  } as const satisfies Readonly<Record<Scope, Amount | undefined>>;
}

/** A total only grows, so each limit is between two of them once a day. */
function reachedBy(
  limit: Limit,
  before: Amount | undefined,
  after: Amount | undefined,
  day: string,
): NonNullable<Charged["reached"]> {
  if (before === undefined || after === undefined) return [];
  const { scope, measure, soft, hard } = limit;
  const isReached = (at: number | undefined): boolean =>
    at !== undefined && before[measure] < at && after[measure] >= at;
  const spent = `${WHO[scope]} spent ${amountText(measure, after[measure])} on ${day} (UTC)`;
  return [
    ...(isReached(soft) ? [{ limit: "soft" as const, scope, text: `${spent}. ${outlook(limit)}` }] : []),
    ...(isReached(hard) ? [{ limit: "hard" as const, scope, text: `${spent}. ${stop(limit)}` }] : []),
  ];
}

const WHO: Readonly<Record<Scope, string>> = {
  agent: "This agent has",
  channel: "This conversation has",
  person: "The person who began this has",
};

function outlook(limit: Limit): string {
  if (limit.hard === undefined) return "There is no limit at which that would stop.";
  return `At ${amountText(limit.measure, limit.hard)} it stops until the day ends.`;
}

function stop(limit: Limit): string {
  return (
    "That is the limit of a day: no new call of a model that costs anything begins until midnight UTC. " +
    `To go on before: ${raising(limit)}.`
  );
}
