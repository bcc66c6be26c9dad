import type { Who } from "#subjects/mod.ts";
import { fileName } from "./files.ts";
import { askOf, factIn, factTold, mine, nameIn, nameTold, plain, quote, type Turn, unseen } from "./recall.ts";
import type { Line, Window } from "./window.ts";

const OFFLINE_NOTE = "I run offline: no language model is connected, so I answer only from what is said here.";

/** How many messages a recapitulation quotes. */
const MAX_RECAP = 5;

/** How a person is told where a name of theirs comes from. */
const KNOWS_YOU: Readonly<Record<Who["party"], string>> = {
  telegram: "Telegram knows",
  terminal: "the terminal knows",
  http: "the HTTP API knows",
  mcp: "MCP knows",
  agent: "the agent knows",
  system: "the system knows",
};

type Rule = { readonly when: RegExp; readonly reply: (turn: Turn, match: RegExpExecArray) => string };

/** Kinds of questions this model understands; the first that fits answers. They see the message without its manners. */
const RULES: readonly Rule[] = [
  { when: /^(?:\/?help|\/start|what can you do|what can i (?:ask|do|say)|how does this work)$/i, reply: help },
  { when: /^(?:who|what) are you$|^what(?:'s| is) your name$/i, reply: introduce },
  { when: /^(?:what|which) (?:language )?model (?:is this|are you|do you use)/i, reply: introduce },
  {
    when: /^are you (?:really |just |still )?(?:an? |the )?(?:ai|bot|robot|human|person|real|model|llm|machine|o[nf]+line)\b/i,
    reply: introduce,
  },
  { when: /^who am i$|^(?:what|who) my name is$|^(?:what(?:'s| is) )?my name$/i, reply: tellName },
  {
    when: /^what(?:'s| is| was)? ?(?:did i (?:first (?:say|tell you|write)|(?:say|tell you|write) (?:at )?first)|(?:the|my) (?:very )?first (?:thing|message)\b.*)$/i,
    reply: tellFirst,
  },
  {
    when: /^what did i (?:just |last )?(?:say|tell you|write)(?: (?:before(?: that| this)?|last|just now|earlier|previously))?$/i,
    reply: tellLast,
  },
  {
    when: /^what (?:is|was) (?:the|my) (?:last|previous) (?:thing|message)(?: (?:that )?i (?:said|sent|wrote))?$/i,
    reply: tellLast,
  },
  { when: /^(?:repeat|say)(?: that| it)?(?: again)?$|^(?:once )?again$|^pardon$/i, reply: repeat },
  { when: /^what did you (?:just |last )?(?:say|answer)(?: (?:before|last|just now|earlier))?$/i, reply: repeat },
  {
    when: /^(?:repeat after me|repeat|say)[:,]? (?<words>.+)$/i,
    reply: (_, match) => quote(match.groups?.words ?? ""),
  },
  { when: /^how many (?:messages|things|times)\b/i, reply: count },
  {
    when: /^what (?:have i (?:said|told you)|do you (?:remember|know))\b|^(?:recap|summari[sz]e\b.*|list my messages)$/i,
    reply: recap,
  },
  { when: /^how are you(?: doing)?(?: today)?$/i, reply: () => "I am well, thank you. How are you?" },
  { when: /^(?:what|which|who|where|when)(?:'s| is| are|'re| was) my (?<about>.+)$/i, reply: tellFact },
];

const GREETING =
  /^(?:hi|hello|hey|hiya|hallo|howdy|greetings|good (?:morning|afternoon|evening|day))(?:[, ]+(?:there|thalassa|again|all|everyone|you))*$/i;
const THANKS = /^(?:(?:many |ok,? |great,? )?thanks|thank you|thx|cheers)\b.{0,40}$/i;
const GOODBYE = /^(?:bye|goodbye|good night|see you|farewell)\b.{0,20}$/i;

/**
 * Answers all waiting messages of a conversation in order, from the conversation alone: no chance, no clock, no network.
 * Never empty, never throws, and quotes at most 200 characters of any message. What `told` has for a line is its answer.
 */
export function composeAnswer(window: Window, told: ReadonlyMap<Line, string> = new Map()): string {
  const waiting = waitingIn(window);
  const past: Line[] = window.lines.filter((line) => !waiting.includes(line));
  const replies: string[] = [];
  let ordinal = window.heard - waiting.filter(({ report }) => report === undefined).length;
  for (const line of waiting) {
    if (line.report === undefined) ordinal++;
    const answer = told.get(line) ?? replyTo({ line, ask: askOf(line.text), past, window, ordinal });
    const text = [answer, ...filesIn(line)].join(" ");
    replies.push(text);
    past.push(line, { role: "agent", seq: line.seq, text });
  }
  if (replies.length === 0) return "I am here, and nothing waits for an answer.";
  const text = replies.join("\n");
  return window.said > 0 || text.includes(OFFLINE_NOTE) ? text : `${text} ${OFFLINE_NOTE}`;
}

/** The lines that wait for an answer. */
export function waitingIn({ lines, answers }: Window): readonly Line[] {
  return lines.filter((line) => line.role === "user" && answers.includes(line.seq));
}

/** What came with a message, which cannot be looked into offline. */
function filesIn({ files = [] }: Line): readonly string[] {
  if (files.length === 0) return [];
  const shown = files.map(fileName).join(", ");
  return [`I see ${files.length === 1 ? "1 file" : `${files.length} files`}: ${shown}.`];
}

function replyTo(turn: Turn): string {
  const whole = turn.ask === "" ? "" : plain(turn.line.text);
  if (GREETING.test(whole)) return `Hello${calling(turn)}! What is on your mind?`;
  if (THANKS.test(whole)) return `You are welcome${calling(turn)}.`;
  if (GOODBYE.test(whole))
    return `Goodbye${calling(turn)}. This conversation is kept; come back to it whenever you like.`;
  for (const { when, reply } of RULES) {
    const match = when.exec(turn.ask);
    if (match) return reply(turn, match);
  }
  return acknowledge(turn);
}

function acknowledge(turn: Turn): string {
  const { text } = turn.line;
  const isQuestion = /[?？؟]\s*$/u.test(text);
  const name = isQuestion ? undefined : nameIn(text);
  if (name) return `Nice to meet you, ${name}.`;
  const fact = factIn(text);
  if (fact) return `I will remember that your ${fact.about} is ${quote(fact.is)}.`;
  if (!/[^\s\p{Cc}]/u.test(text)) return "There was nothing to read in your message.";
  if (isQuestion) return `You asked ${quote(text)}. That I cannot know offline.`;
  const saidBefore = mine(turn).some((line) => line.text === text);
  return saidBefore ? `You said ${quote(text)} again.` : `You said ${quote(text)}.`;
}

function help(): string {
  return (
    "I keep this conversation and answer from it. Tell me your name, or something like “my city is Lisbon”, and ask for " +
    `it later; ask what you said first or last, how many messages there are, or for a recap. ${OFFLINE_NOTE}`
  );
}

function introduce({ window }: Turn): string {
  return `I am ${window.called ?? "Thalassa"}, an agent that lives in its log. ${OFFLINE_NOTE}`;
}

function tellName(turn: Turn): string {
  const name = nameTold(turn);
  if (name) return `Your name is ${name}.`;
  const { who } = turn.line;
  const known = who ? `, but ${KNOWS_YOU[who.party]} you as ${quote(who.name ?? who.id)}` : "";
  return `You have not told me your name${known}.${unseen(turn)}`;
}

function tellFirst(turn: Turn): string {
  const first = mine(turn).at(0);
  // Only the very first line of all is kept apart: another speaker's first one may be out of sight.
  const caveat = first === turn.window.first ? "" : unseen(turn);
  if (!first) return `This is the first thing you have said here.${caveat}`;
  return `The first thing you said was ${quote(first.text)}.${caveat}`;
}

function tellLast(turn: Turn): string {
  const last = mine(turn).at(-1);
  return last ? `Before this you said ${quote(last.text)}.` : `You said nothing before this.${unseen(turn)}`;
}

function repeat(turn: Turn): string {
  const last = turn.past.findLast((line) => line.role === "agent");
  return last ? `I said: ${quote(last.text.replace(/^I said: “(.*)”$/su, "$1"))}` : "I have not said anything yet.";
}

function count({ ordinal, window }: Turn): string {
  const messages = ordinal === 1 ? "one message" : `${ordinal} messages`;
  const answers =
    ["not answered yet", "answered once", "answered twice"][window.said] ?? `answered ${window.said} times`;
  return `I have heard ${messages} here, this one included, and ${answers}.`;
}

function recap(turn: Turn): string {
  const all = mine(turn);
  if (all.length === 0) return `You said nothing before this.${unseen(turn)}`;
  const recent = all.slice(-MAX_RECAP).map((line) => quote(line.text));
  const others = all.length - recent.length;
  const more = others > 0 ? `, after ${others === 1 ? "one earlier message" : `${others} earlier messages`}` : "";
  return `You said ${recent.join(", then ")}${more}.${unseen(turn)}`;
}

function tellFact(turn: Turn, match: RegExpExecArray): string {
  const about = match.groups?.about ?? "";
  const fact = factTold(turn, about);
  return fact
    ? `You told me that your ${fact.about} is ${quote(fact.is)}.`
    : `You have not told me about your ${quote(about)}.${unseen(turn)}`;
}

function calling(turn: Turn): string {
  const name = nameTold(turn) ?? turn.line.who?.name;
  return name ? `, ${quote(name).slice(1, -1)}` : "";
}
