import { type ChannelEvent, type ChannelMail, MAX_TEXT } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { type ChannelState, lengthOf, MAX_WAITING_LENGTH, MAX_WAITING_LINES } from "./state.ts";
import { type Thought, thinkKey } from "./steps.ts";

/** What a channel judges: mail, or what its call came to. */
type ChannelInput =
  | ({ readonly type: "mail" } & ChannelMail)
  | { readonly type: "outcome" | "emission"; readonly key: string; readonly data: Thought }
  | { readonly type: "failure"; readonly key: string; readonly code: "threw" | "abandoned"; readonly reason: string };

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** Most of an error that a person is shown. Units: UTF-16 units. */
const MAX_REASON = 300;

/** Judges one input: a message is heard, also while thinking; the end of the running call is said or failed. */
export function decide(state: ChannelState, input: ChannelInput): ChannelEvent | Refusal | undefined {
  if (input.type === "mail") return hear(state, input);
  // The end of a call that is no longer wanted changes nothing.
  if (input.type === "emission" || input.key !== thinkKey(state)) return undefined;
  const answers = state.thinking.map((line) => line.seq);
  if (input.type === "failure") return { type: "failed", data: { reason: reasonOf(input), answers } };
  const { text, model, usage } = input.data;
  if (text.trim() === "") {
    return { type: "failed", data: { reason: "The model answered with nothing. Please say it again.", answers } };
  }
  return { type: "said", data: { text: bounded(text), answers, model, ...(usage === undefined ? {} : { usage }) } };
}

function hear(state: ChannelState, { data }: ChannelMail): ChannelEvent | Refusal {
  const { waiting } = state;
  const isFull = waiting.length >= MAX_WAITING_LINES || lengthOf(waiting) + data.text.length > MAX_WAITING_LENGTH;
  if (waiting.length > 0 && isFull) {
    const reason = `${waiting.length} messages wait for an answer here already; say it again when some are answered`;
    return { type: "refusal", code: "too-many-waiting", reason };
  }
  return { type: "heard", data: { text: data.text, who: data.who } };
}

function reasonOf({ code, reason }: { readonly code: "threw" | "abandoned"; readonly reason: string }): string {
  if (code === "abandoned") {
    return "I stopped three times in the middle of this answer and gave it up. Please say it again, perhaps in other words.";
  }
  const cause = excerpt(reason, MAX_REASON).replace(/[.\s]+$/u, "") || "no cause was given";
  return `I could not answer: ${cause}. Please say it again.`;
}

/** An answer is an event, and events are small: one that is longer than a message may be is cut, and says so. */
function bounded(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const note = `… (cut: this answer had ${text.length} characters)`;
  return text.slice(0, MAX_TEXT - note.length).replace(/[\uD800-\uDBFF]$/, "") + note;
}
