import { chargeSends, STATUS_TOOL, statusInput, wellSettled } from "#actors/turn/mod.ts";
import type { Send } from "#runtime/mod.ts";
import type { BranchEvent } from "#subjects/branch.ts";

/** A thought on the side is ended after so long. Units: ms. */
const TIME_LIMIT_MS = 15 * 60_000;

/** Its conversation is told how it stands and how it ended, and its agent's ledger what it cost. */
export function sends(event: BranchEvent, { at }: { readonly at: number }): Readonly<Record<string, Send>> {
  switch (event.type) {
    case "spawned":
      return { timeout: { type: "timer", dueAt: at + TIME_LIMIT_MS, verb: "timeout", data: {} } };
    case "thought": {
      const { for: to } = event.data;
      const said = wellSettled(event.data, STATUS_TOOL, statusInput).at(-1);
      const report: Send | undefined = said && { type: "mail", to, verb: "report", data: { text: said.input.text } };
      return { ...chargeSends(to, event.data), ...(report === undefined ? {} : { report }) };
    }
    case "concluded": {
      const { for: to, outcome, text } = event.data;
      const conclude: Send = { type: "mail", to, verb: "conclude", data: { outcome, text } };
      return { ...chargeSends(to, event.data), conclude };
    }
    default:
      return {};
  }
}
