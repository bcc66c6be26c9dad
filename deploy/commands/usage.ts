import { styleText } from "node:util";
import type { z } from "zod";
import { connectAs, findBus } from "#deploy/access.ts";
import { BadUse } from "#deploy/failure.ts";
import { chatSettings, settingsHere } from "#deploy/settings/here.ts";
import { variablesForKinds } from "#deploy/settings/resolve.ts";
import { table } from "#deploy/table.ts";
import { limitsFrom } from "#models/limits.ts";
import type { Client } from "#runtime/mod.ts";
import { type Amount, dayOf, type Scope } from "#subjects/charge.ts";
import { terminalContract } from "#subjects/clients.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { amountText, dollars, type Limit } from "#subjects/limit.ts";
import { addressOf, encodeToken } from "#subjects/mod.ts";

/** What may be asked of a day. */
type Dimension = "channel" | "person" | "kind" | "model";

type Options = {
  readonly agent?: string;
  readonly days?: string;
  readonly by: Dimension;
  readonly json?: true;
};

const usageSchema = cortexContract.asks.usage;

type Day = z.output<typeof usageSchema>["days"][number];

const DAYS = { shown: 7, most: 31 } as const;

const DAY_MS = 86_400_000;

/** Shows what an agent's thinking cost, as its cortex says, and the limits of a day. */
export async function usage(options: Options): Promise<number> {
  const count = daysOf(options.days);
  await using client = await connectAs(terminalContract.client, findBus());
  const agent = options.agent ?? (await chatSettings(client)).agent;
  const address = addressOf(encodeToken(agent), cortexContract.kind, CORTEX);
  const today = dayOf(Date.now());
  const first = dayOf(Date.now() - (count - 1) * DAY_MS);
  const { days } = usageSchema.parse(await client.ask(address, "usage"));
  const shown = days.filter(({ day }) => day >= first);
  const limits = await limitsHere(client);
  const lines = options.json
    ? asJson(agent, shown, limits, options.by)
    : asText({ agent, days: shown, limits, by: options.by, today, count });
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function daysOf(text: string = `${DAYS.shown}`): number {
  const days = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= DAYS.most) return days;
  throw new BadUse(`${text} is no number of days`, `use a whole number from 1 to ${DAYS.most}, for so many are known`);
}

/** The limits as the settings have them now; processes that run began with those of their start. */
async function limitsHere(client: Client): Promise<readonly Limit[]> {
  return limitsFrom(variablesForKinds(await settingsHere(client)));
}

function asJson(agent: string, days: readonly Day[], limits: readonly Limit[], by: Dimension): readonly string[] {
  const told = days.map(({ by: all, ...day }) => JSON.stringify({ agent, ...day, by: { [by]: all[by] } }));
  return [JSON.stringify({ agent, limits }), ...told];
}

type Shown = {
  readonly agent: string;
  readonly days: readonly Day[];
  readonly limits: readonly Limit[];
  readonly by: Dimension;
  readonly today: string;
  readonly count: number;
};

function asText({ agent, days, limits, by, today, count }: Shown): readonly string[] {
  if (days.length === 0) {
    return [
      `nothing was spent by agent ${agent} ${count === 1 ? "today" : `in the last ${count} days`}`,
      ...limitLines(limits),
    ];
  }
  const dayRows = days.map((day) => [
    day.day === today ? `${day.day} today` : day.day,
    ...[day.calls, day.tokens.toLocaleString("en-US"), dollars(day.microUsd)],
    day.day === today ? besideLimit(limits, "agent", day) : "",
  ]);
  return [
    styleText("dim", `agent ${agent}, days of UTC`),
    ...table(["DAY", "CALLS", "TOKENS", "COST", "OF TODAY'S LIMIT"], dayRows),
    "",
    ...table([by.toUpperCase(), "TOKENS", "COST", "TODAY", "OF TODAY'S LIMIT"], nameRows({ days, limits, by, today })),
    "",
    ...limitLines(limits),
  ];
}

/** The names of all days together, the dearest first. */
function nameRows({
  days,
  limits,
  by,
  today,
}: Pick<Shown, "days" | "limits" | "by" | "today">): readonly (readonly string[])[] {
  const sums = new Map<string, Amount>();
  for (const [name, { tokens, microUsd }] of days.flatMap((day) => Object.entries(day.by[by]))) {
    const sum = sums.get(name) ?? { tokens: 0, microUsd: 0 };
    sums.set(name, { tokens: sum.tokens + tokens, microUsd: sum.microUsd + microUsd });
  }
  const ofToday = new Map(Object.entries(days.find(({ day }) => day === today)?.by[by] ?? {}));
  const scope = by === "channel" || by === "person" ? by : undefined;
  return [...sums]
    .toSorted(([, one], [, other]) => other.microUsd - one.microUsd || other.tokens - one.tokens)
    .map(([name, sum]) => {
      const spent = ofToday.get(name) ?? { tokens: 0, microUsd: 0 };
      const limit = scope === undefined ? "" : besideLimit(limits, scope, spent);
      return [name, sum.tokens.toLocaleString("en-US"), dollars(sum.microUsd), dollars(spent.microUsd), limit];
    });
}

/** Shape: `12 % of $20.00`; where there are two limits, the one that is nearer. */
function besideLimit(limits: readonly Limit[], scope: Scope, spent: Amount): string {
  const parts = limits.flatMap((limit) =>
    limit.scope === scope && limit.hard !== undefined
      ? [{ part: spent[limit.measure] / limit.hard, of: amountText(limit.measure, limit.hard) }]
      : [],
  );
  const nearest = parts.toSorted((one, other) => other.part - one.part)[0];
  return nearest === undefined ? "-" : `${Math.floor(nearest.part * 100)} % of ${nearest.of}`;
}

const WHOSE: Readonly<Record<Scope, string>> = {
  agent: "an agent",
  channel: "a conversation",
  person: "a person",
};

function limitLines(limits: readonly Limit[]): readonly string[] {
  if (limits.length === 0) return ["no limits are set: thalassa config set budget.day_usd 20 sets one"];
  return limits.map(({ scope, measure, soft, hard, setting }) => {
    const stops = hard === undefined ? [] : [`${amountText(measure, hard)} (${setting})`];
    const tells = soft === undefined ? [] : [`told at ${amountText(measure, soft)}`];
    return styleText("dim", `limit of a day for ${WHOSE[scope]}: ${[...stops, ...tells].join(", ")}`);
  });
}
