import type { Send } from "#runtime/mod.ts";
import type { Charge } from "#subjects/charge.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { type Address, addressOf, parseAddress, type Who } from "#subjects/mod.ts";
import type { Spent } from "#subjects/turn.ts";

/** What an event says of its cost. */
type Cost = { readonly model?: string | undefined; readonly usage?: Spent | undefined; readonly who?: Who | undefined };

/** The mail by which the agent's cortex hears what a call cost; none where it cost nothing. */
export function chargeSends(conversation: Address, { model, usage, who }: Cost): Readonly<Record<string, Send>> {
  if (model === undefined || usage === undefined) return {};
  const data: Charge = { ...usage, model, for: conversation, ...(who === undefined ? {} : { who }) };
  const to = addressOf(parseAddress(conversation).agent, cortexContract.kind, CORTEX);
  return { charge: { type: "mail", to, verb: "charge", data } };
}
