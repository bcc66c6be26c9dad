import { type Question, type ThinkPort, think, use } from "#actors/thinking/mod.ts";
import {
  type Brought,
  CONVERSATION,
  type Line,
  offered,
  settledLine,
  type Turn,
  type TurnStep,
  windowOf,
} from "#actors/turn/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import { branchContract } from "#subjects/branch.ts";
import { MAX_CALLS } from "./answer.ts";
import type { Origin } from "./state.ts";
import { BRANCH_TOOLS } from "./tools.ts";

/** What a branch wants done: the next step of its turn, and whose past it thinks with. */
export type BranchStep = TurnStep & { readonly turn: Turn; readonly origin: Origin };

/** Told to the model at the last call that a branch has. */
const LAST_CALL = "(This is your last call: conclude now, with what you have.)";

const TOOLS = offered(BRANCH_TOOLS);

/** Makes the `perform` of a branch: calls a model with the conversation's past and its own task, or has a tool done. */
export function performWith(port: ThinkPort) {
  return async (step: BranchStep, tools: Tools<Brought>): Promise<Brought> => {
    const { origin, turn } = step;
    const { address, signal } = tools;
    if (step.type === "use") return use(step.call, origin, tools);
    const { who } = origin;
    const spenders = [{ conversation: origin.from, ...(who === undefined ? {} : { who }) }];
    return await think(await questionOf(turn, origin, tools), { address, signal, spenders }, port, () => {});
  };
}

/** What a model is asked next: its conversation's past is read where it stands. */
export async function questionOf(
  turn: Turn,
  origin: Origin,
  { read }: Pick<Tools<unknown>, "read">,
): Promise<Question> {
  const past = windowOf(await read(origin, CONVERSATION));
  const lines: readonly Line[] = [...past.lines.map((line) => settledLine(line)), ...turn.lines];
  const window = { ...past, lines, open: turn.lines.length };
  const notes = turn.calls + 1 >= MAX_CALLS ? [LAST_CALL] : [];
  return { kind: branchContract.kind, window, tools: TOOLS, notes };
}
