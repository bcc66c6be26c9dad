import type { ChannelEvent } from "#subjects/channel.ts";
import {
  type ChannelState,
  type Line,
  MAX_CALL_LENGTH,
  MAX_CALL_LINES,
  MAX_WINDOW_LENGTH,
  MAX_WINDOW_LINES,
} from "./state.ts";

/** Folds one event of the log; never throws, also on a log of which a part was trimmed. */
export function evolve(
  state: ChannelState,
  event: ChannelEvent,
  placed: { readonly seq: number; readonly at: number },
): ChannelState {
  const at = { seq: placed.seq, at: placed.at };
  switch (event.type) {
    case "heard": {
      const { text, who } = event.data;
      const heard = { ...state, heard: state.heard + 1 };
      return goOn({ ...heard, waiting: [...state.waiting, { role: "user", ...at, text, who }] });
    }
    case "said": {
      const { text, answers } = event.data;
      return goOn(settle({ ...state, said: state.said + 1 }, answers, { role: "agent", ...at, text }));
    }
    case "failed":
      return goOn(settle(state, event.data.answers, { role: "note", ...at, text: event.data.reason }));
    default:
      return state;
  }
}

/** Closes the answered messages: they and the answer become settled lines. */
function settle(state: ChannelState, answers: readonly number[], answer: Line): ChannelState {
  const closed = new Set(answers);
  const isClosed = (line: Line): boolean => closed.has(line.seq);
  const isOpen = (line: Line): boolean => !closed.has(line.seq);
  const { thinking, waiting, window } = state;
  const settled = [...window, ...thinking.filter(isClosed), ...waiting.filter(isClosed), answer];
  return bound({ ...state, thinking: thinking.filter(isOpen), waiting: waiting.filter(isOpen), window: settled });
}

/** Lets the oldest settled lines go where there are too many, and keeps the very first message apart. */
function bound(state: ChannelState): ChannelState {
  const kept = fitting(state.window.toReversed(), MAX_WINDOW_LINES, MAX_WINDOW_LENGTH);
  const gone = state.window.slice(0, state.window.length - kept);
  if (gone.length === 0) return state;
  const first = state.first ?? gone.find((line) => line.role === "user");
  const before = state.before + gone.length;
  return { ...state, window: state.window.slice(gone.length), before, ...(first ? { first } : {}) };
}

/** Starts the next call when none runs and something waits: with as much of it as one call may answer. */
function goOn(state: ChannelState): ChannelState {
  const { thinking, waiting } = state;
  if (thinking.length > 0 || waiting.length === 0) return state;
  const taken = fitting(waiting, MAX_CALL_LINES, MAX_CALL_LENGTH);
  return { ...state, thinking: waiting.slice(0, taken), waiting: waiting.slice(taken) };
}

/** How many of the lines, from the first on, keep within both bounds; at least one. */
function fitting(lines: readonly Line[], maxLines: number, maxLength: number): number {
  let length = 0;
  const end = lines.findIndex((line, index) => {
    length += line.text.length;
    return index > 0 && (index >= maxLines || length > maxLength);
  });
  return end < 0 ? lines.length : end;
}
