import { answered, isUsing, type Line, STATUS_TOOL, statusInput, turnOf, used, wellSettled } from "#actors/turn/mod.ts";
import type { BranchEvent } from "#subjects/branch.ts";
import type { BranchState } from "./state.ts";

/** Folds one event of a branch's log. */
export function evolve(
  state: BranchState,
  event: BranchEvent,
  { seq, at }: { readonly seq: number; readonly at: number },
): BranchState {
  switch (event.type) {
    case "spawned": {
      const line: Line = { role: "user", seq, at, text: `[Task] ${event.data.task}` };
      return { ...state, origin: event.data, turn: turnOf([line]) };
    }
    case "told":
      return { ...state, waiting: [...state.waiting, { role: "user", seq, at, text: event.data.text }] };
    case "thought": {
      const { content, results } = event.data;
      const turn = answered(state.turn ?? turnOf([]), { text: "", seq, at, content, results });
      const status = wellSettled(event.data, STATUS_TOOL, statusInput).at(-1)?.input.text ?? state.status;
      return goOn({ ...state, turn, calls: turn.calls, status });
    }
    case "used":
      return state.turn !== undefined && isUsing(state.turn)
        ? goOn({ ...state, turn: used(state.turn, event.data) })
        : state;
    case "concluded": {
      const { turn: _, ...rest } = state;
      return { ...rest, waiting: [], outcome: event.data.outcome };
    }
    default:
      return state;
  }
}

/** What it was told is seen by the next call, once the last one's tools have all come back. */
function goOn(state: BranchState): BranchState {
  const { turn, waiting } = state;
  if (turn === undefined || waiting.length === 0 || isUsing(turn)) return state;
  return { ...state, turn: { ...turn, lines: [...turn.lines, ...waiting] }, waiting: [] };
}
