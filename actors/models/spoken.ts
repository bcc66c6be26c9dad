import type { Who } from "#subjects/mod.ts";
import { withValidIds } from "./call-ids.ts";
import type {
  AnswerPart,
  ImagePart,
  MalformedCall,
  Message,
  ModelRequest,
  TextPart,
  ToolResult,
  Unseen,
} from "./provider.ts";

/** A message as an API takes it: roles take turns, a user's words come first, and speakers stand before their words. */
export type Spoken =
  | { readonly role: "user"; readonly content: readonly (TextPart | ImagePart)[] }
  | { readonly role: "assistant"; readonly content: readonly AnswerPart[] }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

/** Said where the messages begin with the agent's own words: APIs want a user's first. */
const GOES_ON = "(The conversation goes on from what is not shown.)";

/** Said in place of a message of blanks: APIs refuse a text without a letter, and with it every later call that shows it. */
const BLANK = "(An empty message.)";

/** The transcript as APIs take it. */
export function spokenMessages({ messages, model }: Pick<ModelRequest, "messages" | "model">): readonly Spoken[] {
  const named = speakers(messages).size > 1;
  const spoken: Spoken[] = messages[0]?.role === "assistant" ? [{ role: "user", content: [text(GOES_ON)] }] : [];
  for (const message of withValidIds(messages)) {
    const next = spokenMessage(message, named, model);
    const last = spoken.at(-1);
    if (next.role !== "tool" && next.content.length === 0) continue;
    if (last?.role === "user" && next.role === "user") {
      spoken[spoken.length - 1] = { role: "user", content: [...last.content, ...next.content] };
    } else if (last?.role === "assistant" && next.role === "assistant") {
      spoken[spoken.length - 1] = { role: "assistant", content: [...last.content, ...next.content] };
    } else spoken.push(next);
  }
  return spoken;
}

/** System text in the order in which it caches best: what never changes, then what seldom does. */
export function spokenSystem({ system, unseen }: Pick<ModelRequest, "system" | "unseen">): readonly string[] {
  return [...system, ...(unseen === undefined || unseen.lines === 0 ? [] : [spokenUnseen(unseen)])];
}

/** Input of a call that was no JSON, as an object that every API takes back. */
export function inputOfMalformed({ raw }: MalformedCall): { readonly unreadable: string } {
  return { unreadable: raw };
}

function spokenUnseen({ lines, first }: Unseen): string {
  const said = first === undefined ? "" : ` The very first message was${by(first.who)}: ${JSON.stringify(first.text)}.`;
  return `${lines} earlier lines of this conversation are not shown to you; own up to that rather than guess.${said}`;
}

function spokenMessage(message: Message, named: boolean, model: string): Spoken {
  switch (message.role) {
    case "tool":
      return {
        role: "tool",
        results: message.results.map((each) => ({ ...each, content: each.content.filter(isSaid) })),
      };
    case "assistant": {
      const content = message.content.filter((part) => (part.type !== "kept" || part.model === model) && isSaid(part));
      return { role: "assistant", content };
    }
    case "user": {
      const speaker = named && message.who !== undefined ? [text(`[${nameOf(message.who)}]`)] : [];
      const content = message.content.filter(isSaid);
      return { role: "user", content: [...speaker, ...(content.length === 0 ? [text(BLANK)] : content)] };
    }
  }
}

function isSaid(part: AnswerPart | ImagePart): boolean {
  return part.type !== "text" || part.text.trim() !== "";
}

function speakers(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap((each) => (each.role === "user" && each.who ? [`${each.who.party} ${each.who.id}`] : [])),
  );
}

function by(who: Who | undefined): string {
  return who === undefined ? "" : ` by ${nameOf(who)}`;
}

/** On one line and without brackets, for somebody may call themselves like another speaker. */
function nameOf({ name, id, party }: Who): string {
  return `${(name ?? id).replace(/[[\]\s]+/g, " ").trim()}, ${party}`;
}

function text(words: string): TextPart {
  return { type: "text", text: words };
}
