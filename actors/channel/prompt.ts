import { estimatedTokens, type Message, type Unseen } from "#models/mod.ts";
import { type Line, lengthOf } from "./state.ts";
import type { Window } from "./steps.ts";

/** What a model is asked for a window, in the order in which it is sent. */
export type Prompt = {
  readonly system: readonly string[];
  readonly unseen: Unseen;
  readonly messages: readonly Message[];
  readonly postscript: string;
};

/**
 * Makes the prompt of a call. Of what does not fit into so many tokens the oldest lines are left out, and said to be; what
 * is to be answered is never left out. Units: `now` ms since 1970.
 */
export function promptOf(
  window: Window,
  {
    identity,
    maxTokens,
    now,
  }: { readonly identity: readonly string[]; readonly maxTokens: number; readonly now: number },
): Prompt {
  const room = maxTokens - estimatedTokens(identity.join("").length + (window.first?.text.length ?? 0));
  const shown = fitting(window, room);
  const left = window.lines.slice(0, window.lines.length - shown.length);
  const first = window.first ?? left.find((line) => line.role === "user");
  return {
    system: identity,
    unseen: {
      lines: window.before + left.length,
      ...(first === undefined ? {} : { first: spokenBy(first) }),
      heard: window.heard,
      said: window.said,
    },
    messages: shown.map(messageOf),
    postscript: `(It is ${new Date(now).toString()}.)`,
  };
}

/** All that waits for an answer, and the newest lines before it that fit too. */
function fitting({ lines, answers }: Window, room: number): readonly Line[] {
  const firstOpen = lines.findIndex(({ seq }) => answers.includes(seq));
  let start = firstOpen < 0 ? lines.length : firstOpen;
  let tokens = estimatedTokens(lengthOf(lines.slice(start)));
  for (let line = lines[start - 1]; line !== undefined; line = lines[start - 1]) {
    tokens += estimatedTokens(line.text.length);
    if (tokens > room) break;
    start--;
  }
  return lines.slice(start);
}

/** A note was said to the person too, in the agent's place. */
function messageOf(line: Line): Message {
  const content = [{ type: "text", text: line.text }] as const;
  if (line.role !== "user") return { role: "assistant", content };
  return { role: "user", content, ...(line.who === undefined ? {} : { who: line.who }) };
}

function spokenBy({ text, who }: Line): NonNullable<Unseen["first"]> {
  return { text, ...(who === undefined ? {} : { who }) };
}
