import type { z } from "zod";
import { type Amount, BUDGETS, type budgetViewSchema, personId, type Scope, scopeKey } from "#subjects/charge.ts";
import type { CortexEvent } from "#subjects/cortex.ts";
import { type Address, parseAddress, type Who } from "#subjects/mod.ts";

/** Entry of the view `budgets` before the runtime adds its `seq`. */
type Entry = Omit<z.output<typeof budgetViewSchema>, "seq">;

type CortexSend =
  | { readonly type: "view"; readonly view: typeof BUDGETS.view; readonly id: string; readonly data: Entry }
  | {
      readonly type: "mail";
      readonly to: Address;
      readonly verb: "warn";
      readonly data: { readonly text: string };
    }
  | {
      readonly type: "mail";
      readonly to: Address;
      readonly verb: "grant";
      readonly data: Readonly<Record<string, never>>;
    }
  | {
      readonly type: "mail";
      readonly to: Address;
      readonly verb: "halt";
      readonly data: { readonly who: Who; readonly why: string };
    };

type Charged = Extract<CortexEvent, { type: "charged" }>["data"];

/** Jobs are told that it is their turn, or to stop; what was spent is shown. */
export function sends(event: CortexEvent): Readonly<Record<string, CortexSend>> {
  switch (event.type) {
    case "charged":
      return chargedSends(event.data);
    case "claimed":
    case "released":
    case "calmed":
      return toEach(event.data.granted, "grant", (to) => ({ type: "mail", to, verb: "grant", data: {} }));
    case "panicked": {
      const { who, why, halted } = event.data;
      return toEach(halted, "halt", (to) => ({ type: "mail", to, verb: "halt", data: { who, why } }));
    }
    default:
      return {};
  }
}

function toEach(jobs: readonly Address[], name: string, send: (to: Address) => CortexSend) {
  return Object.fromEntries(jobs.map((to, index) => [`${name}-${index}`, send(to)]));
}

/** Shows what each scope of a charge has spent on its day, and tells the conversation of limits that it reached. */
function chargedSends(data: Charged): Readonly<Record<string, CortexSend>> {
  const { spent, day, who } = data;
  const show = (scope: Scope, amount: Amount, id?: string): CortexSend => ({
    type: "view",
    view: BUDGETS.view,
    id: scopeKey(scope, id),
    data: { day, ...amount },
  });
  return {
    agent: show("agent", spent.agent),
    channel: show("channel", spent.channel, parseAddress(data.for).id),
    ...(spent.person === undefined || who === undefined ? {} : { person: show("person", spent.person, personId(who)) }),
    ...warning(data),
  };
}

/** One mail whatever was reached; whoever is stopped need not be warned. */
function warning({ for: to, reached = [] }: Charged): Readonly<Record<string, CortexSend>> {
  // A job that no conversation is told of has nobody to warn.
  if (parseAddress(to).kind !== "channel") return {};
  const stopped = new Set(reached.filter(({ limit }) => limit === "hard").map(({ scope }) => scope));
  const told = reached.filter(({ limit, scope }) => limit === "hard" || !stopped.has(scope));
  if (told.length === 0) return {};
  return { warn: { type: "mail", to, verb: "warn", data: { text: told.map(({ text }) => text).join("\n\n") } } };
}
