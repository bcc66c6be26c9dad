import type { CortexEvent } from "#subjects/cortex.ts";
import { type CortexState, charged } from "./state.ts";

/** Folds one event of the log; never throws, also on a log of which a part was trimmed. */
export function evolve(state: CortexState, event: CortexEvent): CortexState {
  switch (event.type) {
    case "charged":
      return charged(state, event);
    default:
      return state;
  }
}
