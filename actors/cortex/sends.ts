import type { z } from "zod";
import { type Amount, BUDGETS, type budgetViewSchema, personId, type Scope, scopeKey } from "#subjects/charge.ts";
import type { CortexEvent } from "#subjects/cortex.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";

/** Entry of the view `budgets` before the runtime adds its `seq`. */
type Entry = Omit<z.output<typeof budgetViewSchema>, "seq">;

type CortexSend =
  | { readonly type: "view"; readonly view: typeof BUDGETS.view; readonly id: string; readonly data: Entry }
  | {
      readonly type: "mail";
      readonly to: Address;
      readonly verb: "warn";
      readonly data: { readonly text: string };
    };

type Charged = Extract<CortexEvent, { type: "charged" }>["data"];

/** Shows what each scope of a charge has spent on its day, and tells the conversation of limits that it reached. */
export function sends({ data }: CortexEvent): Readonly<Record<string, CortexSend>> {
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
  const stopped = new Set(reached.filter(({ limit }) => limit === "hard").map(({ scope }) => scope));
  const told = reached.filter(({ limit, scope }) => limit === "hard" || !stopped.has(scope));
  if (told.length === 0) return {};
  return { warn: { type: "mail", to, verb: "warn", data: { text: told.map(({ text }) => text).join("\n\n") } } };
}
