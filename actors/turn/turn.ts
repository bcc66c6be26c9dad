import type { CallResult, Response } from "#subjects/turn.ts";
import { type Call, type Line, openCalls } from "./line.ts";

/**
 * Think, tool, think: a model is called until it calls no more tools. `lines` are what it began with and all that came
 * since; `calls` counts the calls of the model.
 */
export type Turn = { readonly lines: readonly Line[]; readonly calls: number };

/** What a turn wants done now. */
export type TurnStep = ThinkStep | UseStep;

/** A call of the model: the `number`th of its turn, counted from 1. */
export type ThinkStep = { readonly type: "think"; readonly number: number };

/** A call of a tool. */
export type UseStep = { readonly type: "use"; readonly call: Call };

/** An answer of a model as it is folded. Units: `at` ms since 1970. */
export type Answered = { readonly [Part in "content" | "results"]: Response[Part] | undefined } & {
  readonly text: string;
  readonly seq: number;
  readonly at: number;
};

/** A turn that begins with these lines. */
export function turnOf(lines: readonly Line[]): Turn {
  return { lines, calls: 0 };
}

/** The turn after an answer of the model. */
export function answered({ lines, calls }: Turn, { text, seq, at, content, results }: Answered): Turn {
  const line: Line = {
    role: "agent",
    seq,
    at,
    text,
    ...(content === undefined ? {} : { content }),
    ...(results === undefined ? {} : { results }),
  };
  return { lines: [...lines, line], calls: calls + 1 };
}

/** The turn after a tool; a result that nobody waits for changes nothing. */
export function used(turn: Turn, result: CallResult): Turn {
  const line = turn.lines.at(-1);
  if (line === undefined || !openCalls(line).some(({ call }) => call.id === result.call)) return turn;
  return { ...turn, lines: [...turn.lines.slice(0, -1), { ...line, results: [...(line.results ?? []), result] }] };
}

/** Whether tools are still to be waited for before the model is called again. */
export function isUsing({ lines }: Turn): boolean {
  const line = lines.at(-1);
  return line !== undefined && openCalls(line).length > 0;
}

/**
 * What a turn wants, by key: one call of the model, or its tools side by side. A key is the same for as long as its step
 * runs. Shape: `think-17`, `think-17-2` for the turn's second call, `use-19-0` for the first tool that event 19 called.
 */
export function stepsOf(turn: Turn): Readonly<Record<string, TurnStep>> {
  const key = thinkKey(turn);
  if (key !== undefined) return { [key]: { type: "think", number: turn.calls + 1 } };
  const line = turn.lines.at(-1);
  const open = line === undefined ? [] : openCalls(line);
  return Object.fromEntries(open.map(({ call, index }) => [`use-${line?.seq}-${index}`, { type: "use", call }]));
}

/** The key of the call of the model that is wanted; undefined while tools are. */
export function thinkKey(turn: Turn): string | undefined {
  const { lines, calls } = turn;
  if (lines.length === 0 || isUsing(turn)) return undefined;
  // What is quiet may have been in a turn before, and no two turns share a key.
  const first = lines.find(({ quiet }) => !quiet) ?? lines[0];
  return `think-${first?.seq}${calls === 0 ? "" : `-${calls + 1}`}`;
}

/** The call of a tool that runs under this key. */
export function callOf(turn: Turn, key: string): Call | undefined {
  const step = stepsOf(turn)[key];
  return step?.type === "use" ? step.call : undefined;
}
