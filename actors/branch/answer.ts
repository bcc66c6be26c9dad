import { bounded, callsIn, isTooLarge, settleCalls, type Thought, type Turn } from "#actors/turn/mod.ts";
import { textOf } from "#models/mod.ts";
import type { BranchEvent } from "#subjects/branch.ts";
import type { BranchState } from "./state.ts";
import { BRANCH_TOOLS } from "./tools.ts";

/** Most calls of a model in one branch. */
export const MAX_CALLS = 10;

/** Most text of a conclusion: it stands in the conversation from then on. Units: UTF-16 units. */
const MAX_CONCLUSION = 16_000;

/** What a call comes to that the last answer makes. */
const NO_MORE = `Not done: a branch has ${MAX_CALLS} calls of the model, and this was the last one.`;

/**
 * An answer that uses tools is a thought; one that does not is the conclusion, and so is the last one that it has. While
 * something that it was told is not yet seen, it has not concluded.
 */
export function judgeAnswer(state: BranchState, turn: Turn, answer: Thought): BranchEvent | undefined {
  const { origin } = state;
  if (origin === undefined) return undefined;
  const { content, model, usage, stop } = answer;
  const isLast = turn.calls + 1 >= MAX_CALLS;
  const { who } = origin;
  const cost = {
    model,
    ...(usage === undefined ? {} : { usage }),
    for: origin.from,
    ...(who === undefined ? {} : { who }),
  };
  const words = bounded(textOf(content).trim(), MAX_CONCLUSION);
  if (!isLast && (callsIn(content).length > 0 || state.waiting.length > 0)) {
    const { results } = settleCalls(content, BRANCH_TOOLS, () => undefined);
    const settled = results.length === 0 ? {} : { results: [...results] };
    const data = { content: [...content], ...settled, ...cost };
    if (isTooLarge(data)) return { type: "concluded", data: { outcome: "failed", text: TOO_LARGE, ...cost } };
    return { type: "thought", data };
  }
  if (words !== "") return { type: "concluded", data: { outcome: "done", text: words, ...cost } };
  const text = isLast ? NO_MORE : WORDLESS[stop];
  return { type: "concluded", data: { outcome: "failed", text, ...cost } };
}

/** Told where an answer cannot be kept. */
const TOO_LARGE = "An answer of the model was too large to be kept.";

/** Why there is no conclusion. */
const WORDLESS: Readonly<Record<Thought["stop"], string>> = {
  end: "The model concluded with nothing.",
  tools: "The model concluded with nothing.",
  other: "The model concluded with nothing.",
  refused: "The model declines to think about that.",
  length: "The model ran out of room before its first word.",
};
