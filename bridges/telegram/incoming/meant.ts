import type { Words } from "./rich.ts";
import type { Bot, SentEntity } from "./shape.ts";

/** Whether a text means the bot, what it asks of it, and what is left of it. */
export type Meant = {
  readonly text: string;
  /** Whether it names the bot or gives it a command. */
  readonly isNamed: boolean;
  readonly command?: { readonly name: string; readonly rest: string };
};

/** Longer than anything that Telegram lets people write. Units: UTF-16 units. */
const MAX_TEXT = 33_000;

const COMMAND = /^\/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)/;

/** Reads whom a text means. Where Telegram does not say what in it is what, that is read from its characters. */
export function meantIn({ text: sent, entities }: Words, bot: Bot): Meant {
  const text = sent.length > MAX_TEXT ? sent.slice(0, MAX_TEXT) : sent;
  const command = commandIn(text, entities, bot);
  const mentions = mentionsIn(text, entities, bot);
  return {
    text: plain(command === undefined ? without(text, mentions) : text),
    isNamed: command !== undefined || mentions.length > 0,
    ...(command === undefined ? {} : { command: { name: command.name, rest: plain(command.rest).trim() } }),
  };
}

/** A text that can be stored and shown everywhere. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\n\t])\p{Cc}/gu, "");
}

function commandIn(text: string, entities: Words["entities"], bot: Bot): Meant["command"] {
  const isCommand =
    entities === undefined || entities.some(({ type, offset }) => type === "bot_command" && offset === 0);
  const [whole, name, whose] = (isCommand && COMMAND.exec(text)) || [];
  if (whole === undefined || name === undefined) return undefined;
  if (whose !== undefined && !isSame(whose, bot.username)) return undefined;
  return { name: name.toLowerCase(), rest: text.slice(whole.length) };
}

type Stretch = { readonly from: number; readonly to: number };

function mentionsIn(text: string, entities: Words["entities"], bot: Bot): readonly Stretch[] {
  if (entities === undefined) {
    return [...text.matchAll(/(?<![\w@])@(\w{1,64})/g)]
      .filter(([, name = ""]) => isSame(name, bot.username))
      .map(({ 0: whole, index }) => ({ from: index, to: index + whole.length }));
  }
  return entities
    .filter((entity) => isOfBot(text, entity, bot))
    .map(({ offset, length }) => ({ from: offset, to: offset + length }))
    .toSorted((one, other) => one.from - other.from);
}

function isOfBot(text: string, { type, offset, length, user }: SentEntity, bot: Bot): boolean {
  if (offset < 0 || length <= 0 || offset + length > text.length) return false;
  const words = text.slice(offset, offset + length);
  if (type === "text_mention") return user?.id === bot.id;
  if (type === "mention") return isSame(words, `@${bot.username}`);
  return type === "bot_command" && isSame(words.slice(words.indexOf("@")), `@${bot.username}`);
}

/** Whom it is said to is no part of what is said: taken out where it stands in front or once. */
function without(text: string, mentions: readonly Stretch[]): string {
  const [first] = mentions;
  if (first === undefined) return text;
  const before = text.slice(0, first.from).trimEnd();
  if (before !== "" && mentions.length > 1) return text;
  const after = text.slice(first.to);
  if (before === "") return after.replace(/^\s*[,:;]?\s*/, "");
  return `${before}${/^[\s.,:;!?]|^$/.test(after) ? "" : " "}${after}`.trim();
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
