import { COMMANDS } from "#bridges/telegram/commands.ts";
import { excerpt } from "#subjects/excerpt.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import type { Admitted, Incoming } from "#subjects/telegram-update.ts";
import { MAX_FILES, MAX_TEXT, type SentFile } from "#subjects/turn.ts";
import { firstOf, isComing, isHeldUp } from "./coming.ts";
import { judgeCommand } from "./judge-command.ts";
import { judgePress } from "./judge-press.ts";
import { ALBUM_MS, type ChatState } from "./state.ts";
import { leftOf } from "./undelivered.ts";
import { whoOf } from "./who-of.ts";

type Message = Extract<Incoming, { type: "message" }>;

/** Most of a message that is repeated. Units: UTF-16 units. */
const MAX_QUOTED = 300;

/** Judges what happened in a chat. Units: `at` ms since 1970. */
export function judgeUpdate(state: ChatState, admitted: Admitted, at: number): TelegramEvent | undefined {
  const { incoming, place, turned } = admitted;
  switch (incoming.type) {
    case "message":
    case "edited":
      if (turned !== undefined) return { type: "turned", data: { place, message: incoming.message, why: turned } };
      return incoming.type === "message"
        ? judgeMessage(state, admitted, incoming)
        : judgeEdit(state, admitted, incoming);
    case "pressed":
      return judgePress(state, admitted, incoming, at);
    case "halted":
      return judgeCommand(state, admitted, { name: "stop", rest: "" }, state.passed.at(-1) ?? 0);
    case "membership": {
      const left = incoming.present ? [] : leftOf(state);
      return { type: "joined", data: { place, present: incoming.present, left } };
    }
    case "moved":
      return { type: "moved", data: { to: incoming.to } };
  }
}

function judgeMessage(state: ChatState, admitted: Admitted, message: Message): TelegramEvent | undefined {
  const { command, album, files } = message;
  if (command !== undefined && isOurs(admitted, command.name)) {
    return judgeCommand(state, admitted, command, message.message, files.length);
  }
  // In a group it may be meant for another bot.
  if (command !== undefined) return undefined;
  if (album !== undefined) return { type: "gathering", data: { album, message: admitted } };
  // What comes after files that are still fetched, or after parts of an album, is heard after them.
  if (files.length > 0 || isHeldUp(state)) return { type: "fetching", data: { messages: [admitted] } };
  return heardOf(state, [admitted], [], []);
}

function isOurs({ place }: Admitted, name: string): boolean {
  return place.kind === "private" || COMMANDS.some((each) => each.name === name);
}

/** All parts of an album that have come: one message, once none has come for a while. Units: `at` ms since 1970. */
export function gathered(state: ChatState, album: string, at: number): TelegramEvent | undefined {
  const gathering = state.albums[album];
  if (gathering === undefined || at < gathering.at + ALBUM_MS) return undefined;
  return { type: "fetching", data: { messages: [...gathering.messages] } };
}

/** A message as its conversation hears it, with files that were fetched and notes on those that were not. */
export function heardOf(
  state: ChatState,
  messages: readonly Admitted[],
  files: readonly SentFile[],
  notes: readonly string[],
): TelegramEvent {
  const parts = messages.flatMap(({ incoming }) => (incoming.type === "message" ? [incoming] : []));
  const message = firstOf(messages);
  const [first] = messages;
  const words = parts.map(({ text }) => text).filter((text) => text.trim() !== "");
  const text = [
    ...state.edits,
    ...parts.slice(0, 1).flatMap(around),
    ...notes,
    ...(words.length === 0 ? [sortsOf(parts)] : words),
  ].join("\n");
  return {
    type: "heard",
    data: {
      place: first?.place ?? state.place,
      message,
      start: state.start,
      hear: {
        text: bounded(text),
        who: first === undefined ? { party: "system", id: "telegram" } : whoOf(first),
        ref: `${message}`,
        ...(files.length === 0 ? {} : { files: files.slice(0, MAX_FILES) }),
      },
    },
  };
}

/** What a message stands in. */
function around({ answers, forwarded }: Message): readonly string[] {
  return [
    ...(forwarded === undefined ? [] : [`[forwarded from ${forwarded}]`]),
    ...(answers === undefined || answers.text === ""
      ? []
      : [`[in answer to ${answers.ours ? "you" : "a message"}: “${excerpt(answers.text, MAX_QUOTED)}”]`]),
  ];
}

function sortsOf(parts: readonly Message[]): string {
  const sorts = parts.flatMap(({ files }) => files.map(({ sort }) => sort.replace("_", " ")));
  return sorts.length === 0 ? "[nothing]" : `[${sorts.join(", ")}]`;
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT).toWellFormed();
}

/** A change of what waits for its answer is heard; the agent is told of another one with the next message. */
function judgeEdit(
  state: ChatState,
  admitted: Admitted,
  { message, text }: Extract<Incoming, { type: "edited" }>,
): TelegramEvent | undefined {
  if (!state.passed.includes(message) && !isComing(state, message)) return undefined;
  const changed = `[a message above was changed and says now: “${excerpt(text, MAX_QUOTED)}”]`;
  if (!state.open.some((open) => open.message === message)) return { type: "edited", data: { message, text: changed } };
  const { place } = admitted;
  const hear = {
    text: bounded([...state.edits, "[I have changed my message; it says now:]", text].join("\n")),
    who: whoOf(admitted),
    ref: `${message}-${admitted.update}`,
  };
  return { type: "heard", data: { place, message, start: state.start, hear } };
}
