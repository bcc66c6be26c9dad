import { bounded, callsIn, isTooLarge, settleCalls, type Turn } from "#actors/turn/mod.ts";
import { textOf } from "#models/mod.ts";
import type { Approval, Job } from "#subjects/job.ts";
import { isAddress, parseAddress } from "#subjects/mod.ts";
import type { Ordered } from "#subjects/order.ts";
import { telegramContract } from "#subjects/telegram.ts";
import type { CallResult } from "#subjects/turn.ts";
import type { WorkerEvent } from "#subjects/worker.ts";
import { chatFor } from "./job-shown.ts";
import { orderText } from "./shown-order.ts";
import type { Begun } from "./state.ts";
import type { JudgedThought } from "./thought.ts";
import { orderOf, WORKER_TOOLS } from "./tools.ts";

/** Most calls of a model in one job. */
export const MAX_CALLS = 50;

/** Most text of what a job ends with: it stands in its conversation from then on. Units: UTF-16 units. */
const MAX_WORDS = 16_000;

/** What a job comes to that used up its calls. */
const NO_MORE = `It has used its ${MAX_CALLS} calls of the model, and was not done.`;

/** Told where an answer cannot be kept. */
const TOO_LARGE = "An answer of the model was too large to be kept.";

/** Most of what an owner is asked to allow: who allows something has to see all of it. Units: UTF-16 units. */
const MAX_ASKED = 4_000;

/** What comes of a call that is too long to be asked about. */
const UNASKABLE =
  "Not done: a person has to allow that, and it is too long to be shown to them. Do it in smaller parts.";

const UNJUDGED = { effect: "deny", why: "nobody judged it" } as const;

/** What comes of a call that wants a file of people whom the job is not for. */
const FOREIGN = "Not done: that file came with a message of another conversation.";

/** What comes of a call that the policy forbids. */
const FORBIDDEN = "Not allowed here, and nobody is asked about it: ";

type Thinking = Begun & { readonly place: NonNullable<Begun["place"]> };

/**
 * An answer that uses tools is a thought, with which all is ordered that is allowed; one that does not is the end. While
 * something that it was told is not yet seen, the job goes on.
 */
export function judgeAnswer(state: Thinking, turn: Turn, answer: JudgedThought, untilMs: number): WorkerEvent {
  const { job, place, showsUntil } = state;
  const { content, model, usage } = answer;
  const cost = { job, host: place.host, model, ...(usage === undefined ? {} : { usage }) };
  const isLast = turn.calls + 1 >= MAX_CALLS;
  if (!isLast && (callsIn(content).length > 0 || state.waiting.length > 0)) {
    const data = { ...cost, content: [...content], ...ordering(state, turn, answer, untilMs) };
    if (isTooLarge(data)) return { type: "failed", data: { ...cost, outcome: "failed", reason: TOO_LARGE } };
    return { type: "thought", data };
  }
  const text = bounded(textOf(content).trim(), MAX_WORDS);
  if (text !== "" && callsIn(content).length === 0) {
    const shows = showsUntil === undefined ? {} : { until: showsUntil };
    return { type: "completed", data: { ...cost, text, ...shows } };
  }
  const reason = isLast ? (text === "" ? NO_MORE : `${NO_MORE} It last said: ${text}`) : WORDLESS[answer.stop];
  return { type: "failed", data: { ...cost, outcome: "failed", reason } };
}

/** Why there are no words. */
const WORDLESS: Readonly<Record<JudgedThought["stop"], string>> = {
  end: "The model ended with nothing to say.",
  tools: "The model ended with nothing to say.",
  other: "The model ended with nothing to say.",
  refused: "The model declines to do that.",
  length: "The model ran out of room before its first word.",
};

type Ordering = Pick<Extract<WorkerEvent, { type: "thought" }>["data"], "results" | "orders" | "asks">;

/** What of an answer's calls is ordered, what has to be allowed first, and what came of the others. */
function ordering(
  { address, job, asked }: Begun,
  turn: Turn,
  { content, verdicts }: JudgedThought,
  until: number,
): Ordering {
  const settled = settleCalls(content, WORKER_TOOLS, () => ({ env: job.env })).results;
  const done = new Set(settled.map(({ call }) => call));
  const results: CallResult[] = [...settled];
  const orders: { call: string; order: Ordered }[] = [];
  const asks: { call: string; order: Ordered; approval: Approval }[] = [];
  for (const [index, call] of callsIn(content).entries()) {
    if (done.has(call.id) || call.type !== "tool-call") continue;
    const order = orderOf(call.name, call.input, { env: job.env, order: orderName(address, turn.calls + 1, index) });
    const { effect, why } = verdicts.find((each) => each.call === call.id) ?? UNJUDGED;
    const what = order === undefined ? "" : orderText(order);
    const impossible = isForeign(order, job) ? FOREIGN : effect === "ask" && what.length > MAX_ASKED ? UNASKABLE : "";
    if (order === undefined || effect === "deny" || impossible !== "") {
      results.push({ call: call.id, text: impossible || `${FORBIDDEN}${why}`, failed: true });
    } else if (effect === "allow") orders.push({ call: call.id, order });
    else asks.push({ call: call.id, order, approval: { id: `a${asked + asks.length + 1}`, what, why, until } });
  }
  return {
    ...(results.length === 0 ? {} : { results }),
    ...(orders.length === 0 ? {} : { orders }),
    ...(asks.length === 0 ? {} : { asks }),
  };
}

/** Files that people send belong to the chat that they came in; an owner may have all of them. */
function isForeign(order: Ordered | undefined, job: Job): boolean {
  if (order?.verb !== "put" || job.role === "owner") return false;
  const { artifact } = order.data;
  const sender = artifact.slice(0, artifact.indexOf("/"));
  return isAddress(sender) && parseAddress(sender).kind === telegramContract.kind && sender !== chatFor(job);
}

/** The name of what the call of an answer orders; the same answer names it the same. Shape: `main.worker.w3fA9xQ-0:3-0`. */
export function orderName(address: string, answer: number | string, call: number): string {
  return `${address}:${answer}-${call}`;
}
