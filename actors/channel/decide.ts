import {
  type Conversation,
  endedIn,
  heardIn,
  isFull,
  refsIn,
  type StepEnd,
  type StepFailure,
  type Turn,
} from "#actors/turn/mod.ts";
import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent, ChannelMail } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { workerAddress } from "#subjects/job.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { judgeAnswer } from "./answer.ts";
import { failed } from "./failed.ts";

/** What a channel judges: mail, or what its call or its tool came to. */
export type ChannelInput = ({ readonly type: "mail"; readonly from?: Address } & ChannelMail) | StepEnd;

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** Most of an error that a person is shown. Units: UTF-16 units. */
const MAX_REASON = 300;

/**
 * Judges one input: a message is heard, also while thinking; the end of a running call is said, or thought, or failed; the
 * end of a tool is used; what others say of work begun here is noted.
 */
export function decide(state: Conversation, input: ChannelInput): ChannelEvent | Refusal | undefined {
  if (input.type === "mail") return judgeMail(state, input);
  const end = endedIn(state.turn, input);
  switch (end?.type) {
    case undefined:
      return undefined;
    case "used":
      return end;
    case "answered":
      return judgeAnswer(state, end.turn, end.answer);
    case "denied":
      return failed(end.turn, `I may not answer: ${end.reason}`, {}, "");
    case "failure":
      return brokenOff(end);
  }
}

function judgeMail(
  state: Conversation,
  input: Extract<ChannelInput, { type: "mail" }>,
): ChannelEvent | Refusal | undefined {
  const isAtWork = (address: Address | undefined): address is Address =>
    state.work.some((work) => work.address === address);
  const { from } = input;
  switch (input.verb) {
    case "hear":
      return hear(state, input.data);
    case "stop":
      return stop(state, input.data);
    case "join":
      if (!isJobOf(state.address, from) || isAtWork(from)) return undefined;
      return { type: "joined", data: { from, ...input.data } };
    case "report":
      return isAtWork(from) ? { type: "reported", data: { from, text: input.data.text } } : undefined;
    case "conclude":
      return isAtWork(from) ? { type: "concluded", data: { from, ...input.data } } : undefined;
    case "overdue": {
      const { work } = input.data;
      return isAtWork(work) ? { type: "concluded", data: { from: work, outcome: "lost", text: LOST } } : undefined;
    }
    case "warn":
      return { type: "warned", data: input.data };
    case "bounced":
    case "refused": {
      const work = workBegunBy(state, input.data.id);
      return work && { type: "concluded", data: { from: work, outcome: "failed", text: input.data.reason } };
    }
  }
}

function isJobOf(address: Address, from: Address | undefined): from is Address {
  if (from === undefined) return false;
  const { agent, kind } = parseAddress(from);
  return kind === "worker" && agent === parseAddress(address).agent;
}

/** What is told of work that never said how it ended. */
const LOST = "Nothing was heard of it in all the time that it had. It may be begun again.";

function hear(state: Conversation, data: Extract<ChannelMail, { verb: "hear" }>["data"]): ChannelEvent | Refusal {
  if (isFull(state, data.text.length)) {
    const reason = `${state.waiting.length} messages wait for an answer here already; say it again when some are answered`;
    return { type: "refusal", code: "too-many-waiting", reason };
  }
  return { type: "heard", data };
}

function stop(
  { turn, waiting }: Conversation,
  { who }: Extract<ChannelMail, { verb: "stop" }>["data"],
): ChannelEvent | Refusal {
  if (turn === undefined) {
    return { type: "refusal", code: "nothing-to-stop", reason: "nothing is being thought about here just now" };
  }
  const lines = [...turn.lines, ...waiting];
  return { type: "stopped", data: { who, answers: [...heardIn(lines)], ...refsIn(lines) } };
}

/** The work whose beginning was this mail. */
function workBegunBy({ address, work }: Conversation, mailId: string): Address | undefined {
  const [, event, call] = /^(.+):spawn-(\d+)$/.exec(mailId) ?? [];
  if (event === undefined) return undefined;
  const named = [branchAddress(address, event, Number(call)), workerAddress(address, event, Number(call))];
  return work.find((each) => named.includes(each.address))?.address;
}

/** A call of the model that brought no answer. */
function brokenOff({ turn, code, reason }: StepFailure & { readonly turn: Turn }): ChannelEvent {
  if (code === "abandoned") {
    const died = "I stopped three times in the middle of this answer and gave it up.";
    return failed(turn, died, {}, "Please say it again, perhaps in other words.");
  }
  const cause = excerpt(reason, MAX_REASON).replace(/[.\s]+$/u, "") || "no cause was given";
  return failed(turn, `I could not answer: ${cause}.`);
}
