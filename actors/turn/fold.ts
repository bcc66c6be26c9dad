import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { workerAddress } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";
import type { CallResult } from "#subjects/turn.ts";
import {
  type Conversation,
  depthAfter,
  MAX_CALL_LENGTH,
  MAX_CALL_LINES,
  MAX_WINDOW_LENGTH,
  MAX_WINDOW_LINES,
  type Work,
} from "./conversation.ts";
import { keptLine, type Line, lineLength, settledLine } from "./line.ts";
import { STATUS_TOOL, statusInput } from "./set-status.ts";
import { wellSettled } from "./tools.ts";
import { answered, isUsing, type Turn, turnOf, used } from "./turn.ts";

/** Where an event stands. Units: `at` ms since 1970. */
type At = { readonly address: Address; readonly seq: number; readonly id: string; readonly at: number };

/** An answer of a model in a channel's log. */
type Answer = Extract<ChannelEvent, { readonly type: "said" | "thought" }>;

/** Folds one event of a channel's log; never throws, also on a log of which a part was trimmed. */
export function foldConversation(before: Conversation, event: ChannelEvent, placed: At): Conversation {
  const { seq, at } = placed;
  const state = { ...before, seq };
  switch (event.type) {
    case "heard": {
      const { text, who, files, ref } = event.data;
      const besides = { ...(files === undefined ? {} : { files }), ...(ref === undefined ? {} : { ref }) };
      return goOn(wait({ ...state, heard: state.heard + 1 }, { role: "user", seq, at, text, who, ...besides }));
    }
    case "said":
    case "thought":
      return toNextCall(foldAnswer(state, event, placed));
    case "used":
      return foldResult(state, event.data);
    case "failed":
      return goOn(settle(untold(state), event.data.answers, { role: "note", seq, at, text: event.data.reason }));
    case "stopped":
      return goOn(settle(state, event.data.answers, { role: "note", seq, at, text: STOPPED }));
    case "joined": {
      const { from, task, who } = event.data;
      // As with what an answer began: it concludes there, and not in a fork of it.
      if (placed.address !== state.address) return state;
      return {
        ...state,
        work: [...state.work, { address: from, task: excerpt(task, MAX_TASK), since: at, depth: 0, who }],
      };
    }
    case "reported":
      return { ...state, work: state.work.map((work) => withStatus(work, event.data)) };
    case "concluded":
      return goOn(conclude(state, event.data, placed));
    case "warned":
      return state;
    default:
      return before;
  }
}

/** Said in the agent's place where somebody stopped it. */
const STOPPED = "(Stopped.)";

/** Most of a task that is repeated beside its conclusion. Units: UTF-16 units. */
const MAX_TASK = 300;

/** What a call came to whose turn was stopped. */
const CUT_OFF = "Not waited for: the turn was stopped.";

function foldAnswer(state: Conversation, { type, data }: Answer, placed: At): Conversation {
  const { seq, at, id, address } = placed;
  const text = type === "said" ? data.text : "";
  const { content, results, answers } = data;
  const turn = answered(state.turn ?? turnOf([]), { text, seq, at, content, results });
  // What another's log began concludes there, and not in a fork of it.
  const own = address === state.address ? (data.began ?? []) : [];
  const depth = depthAfter(turn.lines);
  const begun = own.map(({ call, task, who, kind }): Work => {
    const work = kind === "worker" ? workerAddress(address, id, call) : branchAddress(address, id, call);
    return { address: work, task, since: at, depth, ...(who === undefined ? {} : { who }) };
  });
  const about = wellSettled(data, STATUS_TOOL, statusInput).at(-1)?.input.text ?? state.about;
  const next: Conversation = {
    ...state,
    said: state.said + (type === "said" ? 1 : 0),
    turn,
    work: [...state.work, ...begun],
    ...(about === undefined ? {} : { about }),
  };
  return answers === undefined ? next : settle(next, answers);
}

/** A result that nobody waits for must not let the running call see more. */
function foldResult(state: Conversation, result: CallResult): Conversation {
  const { turn } = state;
  return turn !== undefined && isUsing(turn) ? toNextCall({ ...state, turn: used(turn, result) }) : state;
}

function withStatus(work: Work, { from, text }: { readonly from: Address; readonly text: string }): Work {
  return work.address === from ? { ...work, status: text } : work;
}

/** The next turn tells of it; what was cancelled was told by whoever cancelled it. */
function conclude(
  state: Conversation,
  { from, outcome, text }: Extract<ChannelEvent, { type: "concluded" }>["data"],
  { seq, at }: Pick<At, "seq" | "at">,
): Conversation {
  const { task, who, depth = 0 } = state.work.find(({ address }) => address === from) ?? {};
  const about = task === undefined ? "" : `Its task: ${excerpt(task, MAX_TASK)}\n`;
  const report: Line = { role: "report", seq, at, text: `[${from} has ended: ${outcome}]\n${about}${text}`, depth };
  const line = who === undefined ? report : { ...report, who };
  const rest = { ...state, work: state.work.filter(({ address }) => address !== from) };
  return wait(rest, outcome === "cancelled" ? quieted(line) : line);
}

/** What could not be told of is told by the next turn, once there is a reason for one. */
function untold(state: Conversation): Conversation {
  const { turn, waiting } = state;
  if (turn === undefined) return state;
  const reports = turn.lines.filter(({ role }) => role === "report");
  const lines = turn.lines.filter(({ role }) => role !== "report");
  return { ...state, turn: { ...turn, lines }, waiting: [...reports.map(quieted), ...waiting] };
}

function quieted(line: Line): Line {
  return { ...line, quiet: true };
}

function wait(state: Conversation, line: Line): Conversation {
  return { ...state, waiting: [...state.waiting, line] };
}

/**
 * Ends the turn: its lines are settled, with `note` where it came to nothing, and so is what waited and is answered too.
 * What was heard and is not answered waits again.
 */
function settle(state: Conversation, answers: readonly number[], note?: Line): Conversation {
  const { turn, about: _, ...rest } = state;
  const closed = new Set(answers);
  const isOpen = ({ role, seq }: Line): boolean => role === "user" && !closed.has(seq);
  const isLeft = ({ seq }: Line): boolean => !closed.has(seq);
  const lines = turn?.lines ?? [];
  const ended = lines.filter((line) => !isOpen(line)).map((line) => keptLine(settledLine(line, CUT_OFF)));
  const settled = [...ended, ...state.waiting.filter((line) => !isLeft(line)), ...(note === undefined ? [] : [note])];
  const waiting = [...lines.filter(isOpen), ...state.waiting.filter(isLeft)];
  return bound({ ...rest, waiting, window: [...state.window, ...settled] });
}

/** Lets the oldest settled lines go where there are too many, and keeps the very first message apart. */
function bound(state: Conversation): Conversation {
  const kept = fitting(state.window.toReversed(), MAX_WINDOW_LINES, MAX_WINDOW_LENGTH);
  const gone = state.window.slice(0, state.window.length - kept);
  if (gone.length === 0) return state;
  const first = state.first ?? gone.find((line) => line.role === "user");
  const before = state.before + gone.length;
  return { ...state, window: state.window.slice(gone.length), before, ...(first ? { first } : {}) };
}

/** Begins a turn when none runs and something waits. What waits while one runs is not seen by the call that runs. */
function goOn(state: Conversation): Conversation {
  const isAtRest = state.turn === undefined && state.waiting.some(({ quiet }) => !quiet);
  return isAtRest ? takeIn(state, turnOf([])) : state;
}

/** Has the next call see what waits, once the last one's tools have all come back. */
function toNextCall(state: Conversation): Conversation {
  const { turn } = state;
  if (turn === undefined) return goOn(state);
  return isUsing(turn) ? state : takeIn(state, turn);
}

function takeIn(state: Conversation, { lines, calls }: Turn): Conversation {
  const { waiting } = state;
  const taken = fitting(waiting, MAX_CALL_LINES, MAX_CALL_LENGTH);
  return { ...state, turn: { calls, lines: [...lines, ...waiting.slice(0, taken)] }, waiting: waiting.slice(taken) };
}

/** How many of the lines, from the first on, keep within both bounds; at least one. */
function fitting(lines: readonly Line[], maxLines: number, maxLength: number): number {
  let length = 0;
  const end = lines.findIndex((line, index) => {
    length += lineLength(line);
    return index > 0 && (index >= maxLines || length > maxLength);
  });
  return end < 0 ? lines.length : end;
}
