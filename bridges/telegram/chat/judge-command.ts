import { COMMANDS, helpText, mayGive } from "#bridges/telegram/commands.ts";
import { type Address, addressOf, parseAddress } from "#subjects/address.ts";
import { CORTEX } from "#subjects/cortex.ts";
import { hasEnded } from "#subjects/job.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import type { Look } from "#subjects/telegram-shown.ts";
import type { Admitted } from "#subjects/telegram-update.ts";
import type { ChatState } from "./state.ts";
import { statusText } from "./status.ts";
import { whoOf } from "./who-of.ts";

/** A command, and what stood behind it. */
export type Command = { readonly name: string; readonly rest: string };

type Event = Extract<TelegramEvent, { type: "commanded" }>;

/** What a command leads to. */
type Effect = Partial<Pick<Event["data"], "job" | "mails" | "look" | "start">> & { readonly text?: string };

/** Whose command it is, and how the chat stands. */
type Asked = {
  readonly state: ChatState;
  readonly admitted: Admitted;
  readonly rest: string;
  readonly message: number;
};

/** Does what a command says, if whoever gave it may. */
export function judgeCommand(
  state: ChatState,
  admitted: Admitted,
  { name, rest }: Command,
  message: number,
  files = 0,
): Event {
  const { text, ...effect } = effectOf({ state, admitted, rest, message }, name);
  const to = tied(state, message);
  const texts = [...(text === undefined ? [] : [text]), ...(files === 0 ? [] : [NO_FILES])];
  const show = texts.map((each) => ({ type: "words" as const, text: each, ...to }));
  const data = { place: admitted.place, name, message, who: whoOf(admitted), ...effect };
  return { type: "commanded", data: { ...data, ...(show.length === 0 ? {} : { show }) } };
}

/** In a group an answer names what it is to. */
function tied({ place }: ChatState, message: number): { readonly to?: number } {
  return place.kind === "group" && message > 0 ? { to: message } : {};
}

/** Told where files come with a command. */
const NO_FILES =
  "The files that came with the command were not kept: send them without one first, then say what to do with them.";

function effectOf(asked: Asked, name: string): Effect {
  const { role } = asked.admitted;
  const command = COMMANDS.find((each) => each.name === name);
  const does = DOES[name];
  if (command === undefined || does === undefined)
    return { text: `There is no command /${name}; /help lists those there are.` };
  if (!mayGive(role, command)) {
    return { text: command.whoMay === "owner" ? `Only an owner may use /${name}.` : `/${name} is not for guests.` };
  }
  return does(asked);
}

const NOTHING_TO_STOP = "Nothing waits for an answer here just now.";

const GREETING = "Say what you want; I answer here. What takes longer becomes a job, and you see how it goes.";

const DOES: Readonly<Record<string, (asked: Asked) => Effect>> = {
  start: ({ admitted }) => ({ text: `Hello. ${GREETING}\n\n${helpText(admitted.role)}` }),
  help: ({ admitted }) => ({ text: helpText(admitted.role) }),
  new: ({ state }) => afresh(state),
  reset: (asked) => ({ ...afresh(asked.state), ...(asked.state.open.length === 0 ? {} : { mails: stopping(asked) }) }),
  status: ({ state }) => ({ text: statusText(state) }),
  task: (asked) => begin(asked, "task"),
  new_task: (asked) => (asked.admitted.place.forum && asked.rest !== "" ? look(asked, "topic") : begin(asked, "task")),
  run: (asked) => begin(asked, "run"),
  jobs: (asked) => look(asked, "jobs"),
  usage: (asked) => look(asked, "usage"),
  agents: (asked) => look(asked, "agents"),
  model: (asked) => look(asked, "model"),
  approve: (asked) => decideOn(asked, "approve"),
  deny: (asked) => decideOn(asked, "deny"),
  abort: (asked) => end(asked),
  cancel: (asked) => end(asked),
  retry: (asked) => again(asked),
  stop: (asked) => ({ mails: stopping(asked), ...(asked.state.open.length === 0 ? { text: NOTHING_TO_STOP } : {}) }),
  panic: (asked) => panic(asked),
};

function afresh({ start }: ChatState): Effect {
  return {
    start: start + 1,
    text: "A fresh start: I know nothing of what was said here before. It is kept, as an earlier conversation of this chat.",
  };
}

function stopping({ state, admitted }: Asked): Effect["mails"] {
  return [{ to: conversationOf(state.address, state.start), verb: "stop", data: { who: whoOf(admitted) } }];
}

function look({ admitted, rest, message, state }: Asked, what: Look["what"]): Effect {
  return { look: { what, rest, who: whoOf(admitted), role: admitted.role, ...tied(state, message) } };
}

function begin({ state, rest }: Asked, type: "task" | "run"): Effect {
  if (rest === "")
    return { text: `Say what is to be done: /${type} ${type === "run" ? "ls -la" : "Write a poem into poem.txt"}` };
  return { job: { assignment: { type, text: rest }, for: conversationOf(state.address, state.start) } };
}

/** The job that is named, else the only one here that fits. Shape of the rest: `w3fA9xQ-0 a1`. */
function jobMeant(
  { state, rest }: Asked,
  fits: (id: string) => boolean,
): { readonly id: string; readonly more: string } | string {
  const [named = "", more = ""] = rest.split(/\s+/);
  if (named !== "" && !/^a\d+$/.test(named)) {
    const known = Object.keys(state.jobs).filter((id) => id.startsWith(named));
    return { id: known.length === 1 && known[0] !== undefined ? known[0] : named, more };
  }
  const [only, ...others] = Object.keys(state.jobs).filter(fits);
  if (only === undefined) return "There is no job here that this could mean; /jobs lists them.";
  return others.length === 0
    ? { id: only, more: named }
    : `Several jobs may be meant; name one: ${[only, ...others].join(", ")}`;
}

function decideOn(asked: Asked, verb: "approve" | "deny"): Effect {
  const { state, admitted } = asked;
  const meant = jobMeant(asked, (id) => (state.jobs[id]?.approvals.length ?? 0) > 0);
  if (typeof meant === "string") return { text: meant };
  const [approval = "a1", ...others] = meant.more === "" ? (state.jobs[meant.id]?.approvals ?? []) : [meant.more];
  if (others.length > 0)
    return { text: `${meant.id} asks for several things; name one: ${[approval, ...others].join(", ")}` };
  const data = { approval, who: whoOf(admitted), ...(verb === "deny" ? { why: "" } : {}) };
  return toJob(asked, meant.id, verb, data);
}

function end(asked: Asked): Effect {
  const meant = jobMeant(asked, (id) => !hasEnded(asked.state.jobs[id]?.state ?? "aborted"));
  if (typeof meant === "string") return { text: meant };
  return toJob(asked, meant.id, "abort", { who: whoOf(asked.admitted), why: "" });
}

function again(asked: Asked): Effect {
  const meant = jobMeant(asked, (id) => hasEnded(asked.state.jobs[id]?.state ?? "running"));
  return typeof meant === "string" ? { text: meant } : toJob(asked, meant.id, "retry", { who: whoOf(asked.admitted) });
}

/** A name of a job is one token. */
const JOB = /^w[\w=-]{1,60}$/;

function toJob({ state }: Asked, id: string, verb: string, data: Readonly<Record<string, unknown>>): Effect {
  if (!JOB.test(id)) return { text: `${id.slice(0, 60)} names no job; /jobs lists them.` };
  const to: Address = addressOf(parseAddress(state.address).agent, "worker", id);
  return { mails: [{ to, verb, data }] };
}

function panic({ state, admitted, rest }: Asked): Effect {
  const [word = "on", ...why] = rest === "" ? [] : rest.split(/\s+/);
  if (word !== "on" && word !== "off") return { text: "Say /panic on or /panic off." };
  const to = addressOf(parseAddress(state.address).agent, "cortex", CORTEX);
  const on = word === "on";
  return {
    mails: [{ to, verb: "panic", data: { on, who: whoOf(admitted), why: why.join(" ").slice(0, 500) } }],
    text: on ? "All jobs are told to stop, and none begins until /panic off." : "Jobs may go on.",
  };
}
