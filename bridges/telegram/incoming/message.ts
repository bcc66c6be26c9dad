import type { Incoming, Place } from "#subjects/telegram-update.ts";
import { meantIn, plain } from "./meant.ts";
import { cut, personOf, plainName, titleOf } from "./named.ts";
import type { Bot, SentMessage, SentUser } from "./shape.ts";
import { filesOf, wordsOf } from "./words.ts";

/** How much of what a message answers is kept. Units: UTF-16 units. */
const MAX_ANSWERED = 500;

/** Most characters of what messages that were sent as one have in common. */
const MAX_ALBUM = 100;

/** The year 5138. Units: seconds since 1970. */
const MAX_SECONDS = 100_000_000_000;

/** Reads a message; undefined where nobody says anything in it. */
export function readMessage(sent: SentMessage, place: Place, bot: Bot): Incoming | undefined {
  const words = isSpoken(sent) ? wordsOf(sent) : undefined;
  if (words === undefined) return undefined;
  const { text, isNamed, command } = meantIn(words, bot);
  const answers = answersIn(sent, bot);
  const forwarded = forwardedIn(sent);
  const { media_group_id: album = "" } = sent;
  return {
    type: "message",
    ...spokenIn(sent, text),
    addressed: place.kind === "private" || isNamed || answers?.ours === true,
    files: filesOf(sent),
    ...(album === "" ? {} : { album: cut(album, MAX_ALBUM).toWellFormed() }),
    ...(command === undefined ? {} : { command }),
    ...(answers === undefined ? {} : { answers }),
    ...(forwarded === undefined ? {} : { forwarded }),
  };
}

/** Reads what a message says since it was changed; undefined where that is nothing. */
export function readEdited(sent: SentMessage, bot: Bot): Incoming | undefined {
  const words = isSpoken(sent) ? wordsOf(sent) : undefined;
  if (words === undefined || words.text === "") return undefined;
  const spoken = spokenIn(sent, meantIn(words, bot).text);
  return { type: "edited", ...spoken, at: timeOf(sent.edit_date) || spoken.at };
}

/** Whether a person wrote it: neither a bot, nor a group or channel in its own name. */
function isSpoken({ from, sender_chat: chat, is_automatic_forward: isForward }: SentMessage): boolean {
  return from === undefined ? chat === undefined : from.is_bot !== true && isForward !== true;
}

function spokenIn({ message_id: message, from, chat, date }: SentMessage, text: string) {
  return { message, from: personOf(from ?? chat), text, at: timeOf(date) };
}

/** Units: seconds in, ms out; what is no time of ours is 0. */
function timeOf(seconds: number | undefined): number {
  return seconds === undefined || seconds < 0 || seconds > MAX_SECONDS ? 0 : seconds * 1_000;
}

/** In a topic each message formally answers the one that began it, which means nothing. */
function answersIn(sent: SentMessage, bot: Bot): Extract<Incoming, { type: "message" }>["answers"] {
  const { reply_to_message: answered, message_thread_id: topic, quote } = sent;
  if (answered === undefined || answered.forum_topic_created !== undefined) return undefined;
  if (sent.is_topic_message === true && answered.message_id === topic) return undefined;
  return {
    message: answered.message_id,
    ours: answered.from?.id === bot.id,
    text: plain(cut(quote?.text ?? wordsOf(answered)?.text ?? "", MAX_ANSWERED)),
  };
}

function forwardedIn({ forward_origin: origin }: SentMessage): string | undefined {
  if (origin === undefined) return undefined;
  const { sender_user: user, sender_user_name: hidden, sender_chat: group, chat: channel } = origin;
  const chat = group ?? channel;
  return nameOf(user) ?? (chat === undefined ? plainName(hidden ?? "") || "somebody" : titleOf(chat));
}

function nameOf(user: SentUser | undefined): string | undefined {
  return user === undefined ? undefined : personOf(user).name;
}
