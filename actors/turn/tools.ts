import { z } from "zod";
import { type AnswerPart, type Tool, toolOf } from "#models/mod.ts";
import type { CallResult } from "#subjects/turn.ts";
import { type Call, callsIn } from "./line.ts";

/** What a call that is settled at once comes to: words for the model, or what it has to mend. */
export type Settled = string | { readonly failed: string };

/**
 * A tool. One that `settle`s only sends: it is part of the commit of the very answer that calls it. Any other is a step,
 * whose result is the next event. `closes` says of one that settles: when it was used well and something was said, nothing
 * is left to be thought.
 */
export type ToolSpec<Context> = {
  readonly about: string;
  readonly input: z.ZodType;
  readonly settle?: (input: never, context: Context) => Settled;
  readonly closes?: (input: never) => boolean;
};

/** Tools by the names that models call them by. */
export type Toolbox<Context> = Readonly<Record<string, ToolSpec<Context>>>;

/** What an answer's calls come to before anything is done. */
export type Settling = {
  readonly results: readonly CallResult[];
  /** Whether nothing is left to be thought once the agent has spoken. */
  readonly closes: boolean;
};

/** Most tools that one answer may have done side by side. */
export const MAX_SIDE_BY_SIDE = 8;

/** The tools as a model is told of them. */
export function offered(toolbox: Toolbox<never>): readonly Tool[] {
  return Object.entries(toolbox).map(([name, { about, input }]) => toolOf(name, about, input));
}

/**
 * Settles what can be settled of an answer's calls: those of tools that only send, and those that cannot be done, whose
 * results say how to mend them. With `noMore`, the reason why nothing more is done, none is left open.
 */
export function settleCalls<Context>(
  content: readonly AnswerPart[],
  toolbox: Toolbox<Context>,
  context: (call: number) => Context,
  noMore?: string,
): Settling {
  const results: CallResult[] = [];
  let open = 0;
  let closes = true;
  for (const [index, call] of callsIn(content).entries()) {
    const tool = Object.hasOwn(toolbox, call.name) ? toolbox[call.name] : undefined;
    const read = readCall(call, tool, Object.keys(toolbox));
    if (!read.ok) results.push({ call: call.id, text: read.problem, failed: true });
    else if (tool?.settle !== undefined) results.push(resultOf(call, tool.settle(read.input, context(index))));
    else if (noMore !== undefined) results.push({ call: call.id, text: noMore, failed: true });
    else if (++open > MAX_SIDE_BY_SIDE) {
      results.push({
        call: call.id,
        text: `Not done: at most ${MAX_SIDE_BY_SIDE} at once. Call it again.`,
        failed: true,
      });
    }
    closes &&= read.ok && tool?.closes?.(read.input) === true && results.at(-1)?.failed === undefined;
  }
  return { results, closes };
}

/** The inputs of the calls of a tool that were settled well, with their places among the calls. */
export function wellSettled<Input>(
  {
    content = [],
    results = [],
  }: { readonly content?: readonly AnswerPart[] | undefined; readonly results?: readonly CallResult[] | undefined },
  name: string,
  input: z.ZodType<Input>,
): readonly { readonly index: number; readonly input: Input }[] {
  const failed = new Set(results.filter((result) => result.failed).map(({ call }) => call));
  return callsIn(content).flatMap((call, index) => {
    if (call.type !== "tool-call" || call.name !== name || failed.has(call.id)) return [];
    const parsed = input.safeParse(call.input);
    return parsed.success ? [{ index, input: parsed.data }] : [];
  });
}

type Read = { readonly ok: true; readonly input: never } | { readonly ok: false; readonly problem: string };

/** What is wrong with a call goes back to the model, which can mend it. */
function readCall(call: Call, tool: ToolSpec<never> | undefined, names: readonly string[]): Read {
  if (tool === undefined)
    return { ok: false, problem: `There is no tool ${call.name}. There are: ${names.join(", ")}.` };
  if (call.type === "malformed-call") {
    return { ok: false, problem: "The input was no JSON. Call it again with one JSON object." };
  }
  const { success, data, error } = tool.input.safeParse(call.input);
  if (!success) return { ok: false, problem: `The input does not fit:\n${z.prettifyError(error)}` };
  // The tool's own schema has read it.
  return { ok: true, input: data as never };
}

function resultOf({ id }: Call, settled: Settled): CallResult {
  return typeof settled === "string" ? { call: id, text: settled } : { call: id, text: settled.failed, failed: true };
}
