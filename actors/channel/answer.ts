import {
  beganBy,
  bounded,
  type Conversation,
  callsIn,
  depthAfter,
  heardIn,
  isTooLarge,
  refsIn,
  settleCalls,
  speakersIn,
  type Thought,
  type Turn,
  wellSettled,
} from "#actors/turn/mod.ts";
import { textOf } from "#models/mod.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import type { CallResult } from "#subjects/turn.ts";
import { failed } from "./failed.ts";
import { branchInput, CHANNEL_TOOLS, replyInput, SPAWN_WORKER, workerInput } from "./tools.ts";

/** Most calls of a model in one turn. */
export const MAX_CALLS = 5;

/** What a call comes to that the last answer of a turn makes. */
const NO_MORE = `Not done: a turn has ${MAX_CALLS} calls of the model, and this was the last one.`;

/** Said where a turn ends without a word. */
const GAVE_UP = `I have worked at this for ${MAX_CALLS} steps and have no answer yet. Say “go on” and I will.`;

/** Said where all that the last answer did was to begin something. */
const GOES_ON = "I think about that on the side, and come back to it.";

/**
 * What a model's answer comes to: it is said, or it was a thought that only used tools; the last one of a turn closes what
 * was heard. An answer without words and tools, where nothing was said before, is a failure.
 */
export function judgeAnswer(state: Conversation, turn: Turn, answer: Thought): ChannelEvent {
  const { content, model, usage } = answer;
  const isLast = turn.calls + 1 >= MAX_CALLS;
  const settling = settleCalls(content, CHANNEL_TOOLS, contextOf(state, turn, content), isLast ? NO_MORE : undefined);
  const { results } = settling;
  const said = bounded(saidIn(content, results));
  const who = beganBy(state);
  const cost = { model, ...(usage === undefined ? {} : { usage, ...(who === undefined ? {} : { who }) }) };
  const calls = callsIn(content);
  const answers = [...heardIn(turn.lines)];
  if (calls.length === 0 && said === "") return silent(turn, answer, cost);
  const ends = calls.length === 0 || isLast || (said !== "" && settling.closes);
  const begun = began(state, content, results);
  const text = ends && said === "" && !hasSpoken(turn) ? (begun.began === undefined ? GAVE_UP : GOES_ON) : said;
  const used =
    calls.length === 0 ? {} : { content: [...content], ...(results.length === 0 ? {} : { results: [...results] }) };
  const re = refsIn(turn.lines);
  const rest = { ...cost, ...begun, ...(ends ? { answers, ...re } : {}) };
  const event: ChannelEvent =
    text === ""
      ? { type: "thought", data: { content: [...content], ...used, ...rest } }
      : { type: "said", data: { text, ...used, ...rest, ...(ends ? {} : { to: answers, ...re }) } };
  return isTooLarge(event.data) ? failed(turn, TOO_LARGE, cost, "Please ask for less at once.") : event;
}

/** Said where an answer cannot be kept. */
const TOO_LARGE = "My answer was too large to be kept.";

/** No words, and no tools: fine where something was said already in this turn. */
function silent(turn: Turn, { stop }: Thought, cost: Cost): ChannelEvent {
  if (!hasSpoken(turn)) return failed(turn, WORDLESS[stop](cost.model), cost);
  return { type: "thought", data: { content: [], ...cost, answers: [...heardIn(turn.lines)], ...refsIn(turn.lines) } };
}

function hasSpoken({ lines }: Turn): boolean {
  return lines.some(({ role, text }) => role === "agent" && text !== "");
}

type Cost = Pick<Extract<ChannelEvent, { type: "thought" }>["data"], "model" | "usage" | "who">;

const nothing = (): string => "The model answered with nothing.";

/** Why there are no words. */
const WORDLESS: Readonly<Record<Thought["stop"], (model: string) => string>> = {
  end: nothing,
  tools: nothing,
  other: nothing,
  refused: (model) => `I could not answer: ${model} declines to answer that.`,
  length: (model) => `I could not answer: ${model} ran out of room before its first word.`,
};

/** The model's own words, and what its calls of `reply` say. */
function saidIn(content: Thought["content"], results: readonly CallResult[]): string {
  const replies = wellSettled({ content, results }, "reply", replyInput).map(({ input }) => input.text);
  return [textOf(content).trim(), ...replies].filter((text) => text !== "").join("\n\n");
}

/** Limits count what the same answer began before. */
function contextOf(state: Conversation, turn: Turn, content: Thought["content"]) {
  return (index: number) => ({
    work: state.work,
    depth: depthAfter(turn.lines),
    isAsked: speakersIn(state).length === 1,
    begun: () =>
      callsIn(content)
        .slice(0, index)
        .filter((call) => call.type === "tool-call" && begins(call)).length,
  });
}

function begins({ name, input }: { readonly name: string; readonly input?: unknown }): boolean {
  if (name === SPAWN_WORKER) return workerInput.safeParse(input).success;
  return name === "branch" && branchInput.safeParse(input).success;
}

/** The thoughts on the side and jobs that an answer begins, with the past as it was before the answer. */
function began(
  state: Conversation,
  content: Thought["content"],
  results: readonly CallResult[],
): Pick<Extract<ChannelEvent, { type: "thought" }>["data"], "began"> {
  const who = beganBy(state);
  const answer = { content, results };
  const besides = { seq: state.seq, ...(who === undefined ? {} : { who }) };
  const thoughts = wellSettled(answer, "branch", branchInput).map(({ index, input: { task } }) => ({
    call: index,
    task,
    ...besides,
  }));
  const jobs = wellSettled(answer, SPAWN_WORKER, workerInput).map(({ index, input: { task } }) => ({
    call: index,
    task,
    ...besides,
    kind: "worker" as const,
  }));
  const begun = [...thoughts, ...jobs];
  return begun.length === 0 ? {} : { began: begun };
}
