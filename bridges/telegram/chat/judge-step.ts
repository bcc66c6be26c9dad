import { parseAddress } from "#subjects/address.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { chatAddress } from "#subjects/telegram-chat.ts";
import type { Look } from "#subjects/telegram-shown.ts";
import type { Admitted } from "#subjects/telegram-update.ts";
import type { ChatBrought } from "./brought.ts";
import type { ChatInput } from "./decide.ts";
import { heardOf } from "./judge-update.ts";
import { isOpen } from "./queue.ts";
import type { ChatState } from "./state.ts";
import { leftOf, undelivered } from "./undelivered.ts";

type StepEnd = Exclude<ChatInput, { type: "mail" }>;

/** Judges what a step brought; what nobody waits for any more changes nothing. */
export function judgeStep(state: ChatState, input: StepEnd): TelegramEvent | undefined {
  const { key } = input;
  const press = state.presses.find(({ query }) => key === `answer-${query}`);
  if (press !== undefined) return { type: "answered", data: { query: press.query } };
  const look = state.looks[key];
  if (look !== undefined) return looked(state, key, look, input);
  const messages = state.fetches[key];
  if (messages !== undefined) return fetched(state, messages, input);
  if (input.type === "failure") return unshowable(state, input);
  return judgeShowing(state, Number(/^(?:place|stream|deliver)-(\d+)$/.exec(key)?.[1]), input.data);
}

function looked(state: ChatState, key: string, look: Look, input: StepEnd): TelegramEvent {
  const to = look.to === undefined ? {} : { to: look.to };
  if (input.type === "failure" || input.data.type !== "looked") {
    return {
      type: "looked",
      data: { key, show: [{ type: "words", text: "That could not be looked up just now.", ...to }] },
    };
  }
  const { text, topic } = input.data;
  const data = { key, show: text === "" ? [] : [{ type: "words" as const, text, ...to }] };
  if (topic === undefined) return { type: "looked", data };
  return { type: "looked", data: { ...data, mails: [inTopic(state, look, topic)] } };
}

/** The wish for a job, as if it had been said in its own topic. */
function inTopic({ address, place }: ChatState, { rest, who, role, to = 0 }: Look, topic: number) {
  const { agent } = parseAddress(address);
  const update: Admitted = {
    update: 0,
    place: { ...place, topic },
    role,
    agent,
    incoming: {
      type: "message",
      message: to,
      from: { id: Number(who.id), name: who.name ?? "" },
      text: `/task ${rest}`,
      at: 0,
      addressed: true,
      files: [],
      command: { name: "task", rest },
    },
  };
  return { to: chatAddress(agent, { chat: place.chat, topic }), verb: "update", data: update };
}

function fetched(state: ChatState, messages: readonly Admitted[], input: StepEnd): TelegramEvent | undefined {
  if (input.type === "failure") return heardOf(state, messages, [], ["[its files could not be fetched]"]);
  const { data } = input;
  return data.type === "fetched" ? heardOf(state, messages, data.files, data.notes) : undefined;
}

/** What this bridge fails on does not keep the rest from being shown; words that come can be left out. */
function unshowable(
  state: ChatState,
  { key, reason }: Extract<StepEnd, { type: "failure" }>,
): TelegramEvent | undefined {
  const n = Number(/^(?:place|deliver)-(\d+)$/.exec(key)?.[1]);
  const item = state.queue.find((each) => each.n === n);
  if (item === undefined) return undefined;
  return { type: "dropped", data: { n, code: "decide-threw", why: reason, left: undelivered(state, item.out) } };
}

function judgeShowing(state: ChatState, n: number, data: ChatBrought): TelegramEvent | undefined {
  if (data.type === "speaking") return speaking(state);
  // Also where it is known already: an outcome that changes nothing would leave its step wanted and not running.
  if (data.type === "moved") return { type: "moved", data: { to: data.to } };
  const item = state.queue.find((each) => each.n === n);
  if (item === undefined) return undefined;
  switch (data.type) {
    case "placed": {
      const { type: _, ...placed } = data;
      return { type: "placed", data: { n, ...placed } };
    }
    case "shown":
      return { type: "shown", data: { n } };
    case "dropped": {
      const { code, why } = data;
      return { type: "dropped", data: { n, code, why, left: undelivered(state, item.out) } };
    }
    case "parked": {
      const { code, why } = data;
      return { type: "parked", data: { code, why, left: leftOf(state) } };
    }
    default:
      return undefined;
  }
}

/** Words that come are shown as they come once; in a chat where one can see them otherwise nobody asks for it. */
function speaking(state: ChatState): TelegramEvent | undefined {
  const [first] = state.open;
  return first === undefined || state.queue.some(isOpen)
    ? undefined
    : { type: "speaking", data: { ref: first.ref, to: first.message } };
}
