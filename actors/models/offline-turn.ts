import { composeAnswer, waitingIn } from "./answer.ts";
import { concludeTask, taskIn } from "./offline-branch.ts";
import { callsFor, callsMade, type Made, madeFor, type Wanted } from "./offline-calls.ts";
import { doJob } from "./offline-job.ts";
import { foundOf, longQuote } from "./offline-past.ts";
import { type JobWish, toldOf, type Wish, wishIn } from "./offline-wish.ts";
import type { ModelRequest, ToolCall } from "./provider.ts";
import { askOf, quote } from "./recall.ts";
import type { Line, Report, Window } from "./window.ts";

/** Answers a request: what its messages want done by a tool that is offered is done, the rest is answered in words. */
export function respond(
  request: Pick<ModelRequest, "messages" | "tools" | "postscript" | "unseen">,
  window: Window,
): { readonly text: string; readonly calls: readonly ToolCall[] } {
  const offered = new Set(request.tools.map(({ name }) => name));
  const made = callsMade(request.messages);
  const task = taskIn(window);
  const { text, wishes } =
    task === undefined
      ? converse(window, made, (ask) => named(wishIn(ask, offered), request.postscript))
      : offered.has("shell")
        ? doJob(task, made.since)
        : concludeTask(task, window, offered, made.since);
  return { text, calls: callsFor(wishes, request) };
}

function converse(
  window: Window,
  { since, spoken }: ReturnType<typeof callsMade>,
  wishOf: (ask: string) => Spoken | undefined,
): Wanted {
  const told = new Map<Line, string>();
  const wishes: Spoken[] = [];
  const waiting = waitingIn(window);
  for (const line of waiting) {
    const wish = line.report === undefined ? wishOf(askOf(line.text)) : undefined;
    const came = wish && madeFor(wish, since);
    if (line.report !== undefined) told.set(line, tellReport(line.report));
    else if (wish !== undefined && isNobody(wish)) told.set(line, "Nothing is at work for us just now.");
    else if (wish !== undefined) {
      told.set(line, tell(wish, came));
      if (came === undefined) wishes.push(wish);
    }
  }
  if (wishes.some(isSilent)) return { text: "", wishes };
  const failed = spoken.filter((each) => each.failed).map(({ text }) => `That did not work: ${longQuote(text)}`);
  if (waiting.length > 0) return { text: [...failed, composeAnswer(window, told)].join("\n"), wishes };
  const rest = spoken.length > 0 ? "That is done." : composeAnswer(window);
  return { text: failed.length > 0 ? failed.join("\n") : rest, wishes };
}

/** What a person may wish for in a conversation. */
type Spoken = Exclude<Wish, JobWish>;

/** A wish that names no work means what was begun last; what runs is told behind the conversation. */
function named(wish: Wish | undefined, postscript = ""): Spoken | undefined {
  if (wish === undefined || isOfJob(wish)) return undefined;
  if (!isNobody(wish)) return wish;
  return { ...wish, to: postscript.match(/[\w=-]+\.(?:branch|worker)\.[\w=-]+/g)?.at(-1) ?? "" };
}

function isOfJob(wish: Wish): wish is JobWish {
  return wish.tool === "shell" || wish.tool === "preview" || wish.tool === "artifact";
}

function isNobody(wish: Spoken): wish is Extract<Wish, { readonly to: string }> {
  return "to" in wish && wish.to === "";
}

function isSilent(wish: Spoken): boolean {
  return wish.tool === "look_back" || toldOf(wish).silent;
}

/** What a person is told of what they wanted, before it was done and after. */
function tell(wish: Spoken, came: Made | undefined): string {
  if (came?.failed) return `${FAILED[wish.tool]}: ${longQuote(came.text)}`;
  if (wish.tool === "look_back") return foundOf(wish.query, came?.text ?? "");
  return toldOf(wish).text;
}

const FAILED: Readonly<Record<Spoken["tool"], string>> = {
  branch: "I cannot think about that on the side",
  spawn_worker: "I cannot have that done",
  look_back: "I could not look back",
  set_status: "I could not say what I am doing",
  reply: "I could not say that",
  route: "I could not pass that on",
  cancel: "I could not stop it",
};

/** How work ended, or what it says. */
function tellReport({ from, outcome, task, text }: Report): string {
  const about = task === undefined ? from.slice(from.lastIndexOf(".") + 1) : `about ${quote(task)}`;
  const name = `The ${JOB.test(from) ? "job" : "thought on the side"} ${about}`;
  const words = text.trim() === "" ? "." : `: ${longQuote(text)}`;
  if (outcome === undefined) return `${name} says${words}`;
  return `${name} ${ENDED[outcome] ?? `has ended (${quote(outcome)})`}${words}`;
}

/** The address of a job. */
const JOB = /\.worker\./;

const ENDED: Readonly<Record<string, string>> = {
  done: "is done",
  failed: "failed",
  cancelled: "was cancelled",
  "timed-out": "ran out of time",
  lost: "was lost, and I do not know what came of it",
};
