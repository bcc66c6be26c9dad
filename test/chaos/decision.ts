import { type Chat, promptKey, wordsOf } from "./chat.ts";
import { type Round, THOUGHTS, WISHES } from "./wishes.ts";

/** What the stand-in answers, and what it says that it cost. Shape of `usage`: as Chat Completions has it. */
export type Decision = Round & {
  readonly id: string;
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
  };
};

/** What the model does, from the request alone: the same request, the same answer, to the id of each call. */
export function decisionOn({ messages, tools }: Chat): Decision {
  const key = promptKey(messages);
  const at = messages.findLastIndex(({ role }) => role === "user");
  const content = messages[at]?.role === "user" ? String(messages[at].content) : "";
  const words = wordsOf(content);
  const rounds = messages.slice(at + 1).filter(({ role }) => role === "assistant").length;
  const isBranch = !tools.some(({ function: { name } }) => name === "branch");
  const wish = wishIn(words);
  const program = (isBranch ? THOUGHTS : WISHES)[wish]?.({ number: numberIn(words), work: workIn(content) }) ?? [];
  const last: Round = { text: isBranch ? `Concluded ${taskIn(words)}.` : answerTo(words), calls: [] };
  const { text, calls } = program[rounds] ?? last;
  const size = Number.parseInt(key.slice(0, 8), 16);
  return {
    ...(text === undefined ? {} : { text: isBranch ? text : `${text} ${sawIn({ messages })}` }),
    calls,
    id: key,
    usage: {
      prompt_tokens: 100 + (size % 900),
      completion_tokens: 1 + (size % 97),
      prompt_tokens_details: { cached_tokens: size % 90 },
    },
  };
}

/** The numbers of messages that an answer says its model has seen; undefined where it says none. */
export function seenBy(text: string): ReadonlySet<string> | undefined {
  const told = [...text.matchAll(/\(Saw ([\d ]*)\)/g)].at(-1)?.[1];
  return told === undefined ? undefined : new Set(told.split(" "));
}

/** The number of a message that was said to a channel. */
export function numberOf(text: string): string {
  return /^message (\d+) here/.exec(text)?.[1] ?? "";
}

function sawIn({ messages }: Pick<Chat, "messages">): string {
  const said = messages.flatMap((each) => (each.role === "user" ? [each.content] : []));
  const numbers = said.flatMap((text) => [...text.matchAll(/^message (\d+) here/gm)].map(([, number]) => number));
  return `(Saw ${numbers.join(" ")})`;
}

function answerTo(words: string): string {
  const ended = [...words.matchAll(/^\[(\S+) has ended: (\S+)\]$/gm)].map(([, from, how]) => `${from} is ${how}.`);
  return ["Here is the answer.", ...ended].join(" ");
}

/** What was wished last. A report names the wish of its task, which is done once more, but for one that says nothing. */
function wishIn(words: string): string {
  const [line = "", wish = ""] = [...words.matchAll(/^.*wish:([a-z-]+)$/gm)].at(-1) ?? [];
  return line.startsWith("Its task: ") && wish === "silent" ? "" : wish;
}

function numberIn(words: string): string {
  return [...words.matchAll(/^message (\d+) here/gm)].at(-1)?.[1] ?? "0";
}

function taskIn(words: string): string {
  return [...words.matchAll(/^\[Task\] task ([\d.]+)/gm)].at(-1)?.[1] ?? "what I was told";
}

function workIn(content: string): string {
  return /^- (\S+\.branch\.[^,]+), since /m.exec(content)?.[1] ?? "bnothing-0";
}
