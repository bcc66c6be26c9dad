import type { CortexEvent } from "#subjects/cortex.ts";
import { foldSlots } from "./slots.ts";
import { type CortexState, charged } from "./state.ts";

/** Folds one event of the log; never throws, also on a log of which a part was trimmed. */
export function evolve(state: CortexState, event: CortexEvent, { at }: { readonly at: number }): CortexState {
  switch (event.type) {
    case "charged":
      return charged(state, event.data);
    case "claimed":
    case "released":
    case "panicked":
    case "calmed":
      return { ...state, slots: foldSlots(state.slots, event, at) };
    default:
      return state;
  }
}
