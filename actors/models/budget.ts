import type { z } from "zod";
import { budgetKey, budgetViewSchema, dayOf, personId, type Scope } from "#subjects/charge.ts";
import { amountText, type Limit, raising } from "#subjects/limit.ts";
import { type Address, parseAddress, type Who } from "#subjects/mod.ts";
import { jsonOf } from "./json.ts";
import { limitsFrom } from "./limits.ts";

/** Says whether somebody may spend more. */
export type Budgets = {
  /** Resolves where a call may begin. Throws: BudgetSpent; what reading throws. */
  allow(spender: Spender): Promise<void>;
};

/** For which conversation, and because of whom, a model is to be called. */
export type Spender = { readonly conversation: Address; readonly who?: Who };

/** What a gate stands on; each field may be left out. */
export type BudgetPort = {
  /** Units: ms since 1970. */
  readonly now?: () => number;
  /** Whether nobody charges for the call, so that no limit is looked at. Default: somebody does. */
  readonly isFree?: () => boolean;
};

/** A hard limit of today is reached. The message says to a person which, until when, and what to do. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
  readonly code = "budget-spent";
  readonly limit: Limit;

  constructor(limit: Limit, spent: number, now: number) {
    const { scope, measure, hard = 0 } = limit;
    super(
      `${WHOSE[scope]} budget of today is spent (${amountText(measure, spent)} of ${amountText(measure, hard)}); a new ` +
        `day begins ${untilTomorrow(now)}; to go on before, ${raising(limit)}`,
    );
    this.limit = limit;
  }
}

/**
 * The gate before each call of a model: reads what the scopes with a hard limit have spent today, as their cortex shows
 * it. `read` gives the text of an entry of the views by its key. An entry that is not there, is of another day or cannot
 * be read counts as nothing spent. Calls in flight are not counted yet: by what they cost a limit may be overrun.
 * Throws: RangeError that names the variable that is wrong.
 */
export function budgetsFrom(
  read: (key: string) => Promise<string | undefined>,
  env: Readonly<Record<string, string | undefined>>,
  { now = Date.now, isFree = () => false }: BudgetPort = {},
): Budgets {
  const limits = limitsFrom(env).filter(({ hard }) => hard !== undefined);
  return {
    async allow(spender) {
      if (isFree()) return;
      const at = now();
      const keys = new Map(limits.flatMap((limit) => keyOf(limit.scope, spender)));
      const reading = [...keys].map(async ([scope, key]) => [scope, await entryAt(read, key)] as const);
      const entries = new Map(await Promise.all(reading));
      for (const limit of limits) {
        const entry = entries.get(limit.scope);
        if (entry === undefined || entry.day !== dayOf(at) || limit.hard === undefined) continue;
        if (entry[limit.measure] >= limit.hard) throw new BudgetSpent(limit, entry[limit.measure], at);
      }
    },
  };
}

const WHOSE: Readonly<Record<Scope, string>> = {
  agent: "the agent's",
  channel: "this conversation's",
  person: "your",
};

/** The entry of a scope, if the call is of such a scope. */
function keyOf(scope: Scope, { conversation, who }: Spender): readonly (readonly [Scope, string])[] {
  const { agent, id } = parseAddress(conversation);
  if (scope === "person") return who === undefined ? [] : [[scope, budgetKey(agent, scope, personId(who))]];
  return [[scope, budgetKey(agent, scope, id)]];
}

/** A bus whose rights are of an older version has no ledger either, and no conversation is to hang on that. */
async function entryAt(
  read: (key: string) => Promise<string | undefined>,
  key: string,
): Promise<z.output<typeof budgetViewSchema> | undefined> {
  try {
    return budgetViewSchema.safeParse(jsonOf((await read(key)) ?? "")).data;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "not-allowed") return undefined;
    throw error;
  }
}

/** Shape: `at midnight UTC, in 5 h 12 min`. */
function untilTomorrow(now: number): string {
  const minutes = Math.ceil((Date.parse(dayOf(now + DAY_MS)) - now) / 60_000);
  const hours = Math.floor(minutes / 60);
  return `at midnight UTC, in ${hours === 0 ? "" : `${hours} h `}${minutes % 60} min`;
}

const DAY_MS = 86_400_000;
