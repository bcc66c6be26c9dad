import type { z } from "zod";
import type { Placed, Send } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import { TELEGRAM_VIEW, type TelegramEvent, type telegramViewSchema } from "#subjects/telegram.ts";
import { chatAddress } from "#subjects/telegram-chat.ts";
import type { noticeSchema } from "#subjects/telegram-shown.ts";
import type { Person } from "#subjects/telegram-update.ts";

type Data<Name extends TelegramEvent["type"]> = Extract<TelegramEvent, { type: Name }>["data"];
type Sends = Readonly<Record<string, Send>>;
type Asking = NonNullable<Data<"received">["asking"]>[number];

/** What leaves with an event of the poller: mail to chats, and how it stands at the door. */
export function pollerSends(event: TelegramEvent, { address }: Pick<Placed, "address">): Sends {
  switch (event.type) {
    case "connected":
      return { show: { type: "view", view: TELEGRAM_VIEW, data: viewOf(event.data) } };
    case "received":
      return received(event.data, address);
    case "paired":
      return paired(event.data, address);
    default:
      return {};
  }
}

function viewOf({ bot, mode, problem, at }: Data<"connected">): Omit<z.output<typeof telegramViewSchema>, "seq"> {
  return { mode, at, ...(bot === undefined ? {} : { bot }), ...(problem === undefined ? {} : { problem }) };
}

function received({ updates, unread = [], asking = [], owners = [] }: Data<"received">, address: Address): Sends {
  const admitted = updates.map((update): [string, Send] => [
    `update-${update.update}`,
    { type: "mail", to: chatAddress(update.agent, update.place), verb: "update", data: update },
  ]);
  // The poller cannot read it either: it becomes a dead letter, as it came and with what is wrong in it.
  const unreadable = unread.map((raw, at): [string, Send] => [
    `unread-${at}`,
    { type: "mail", to: address, verb: "update", data: raw },
  ]);
  const asked = asking.flatMap((each) => [
    [`asking-${each.code}`, notice(address, each.chat, answerTo(each))] as const,
    ...owners.map((owner) => [`owner-${owner}-${each.code}`, notice(address, owner, questionOf(each))] as const),
  ]);
  return Object.fromEntries([...admitted, ...unreadable, ...asked]);
}

function paired({ code, person, chat, admit, who, owners }: Data<"paired">, address: Address): Sends {
  const by = nameIn(who.name ?? `${who.party} ${who.id}`);
  const said = `${nameOf(person)} was ${admit ? "let in" : "not let in"} by ${by}.`;
  const told = owners.map((owner) => [`owner-${owner}`, notice(address, owner, { ref: code, text: said })] as const);
  return Object.fromEntries([
    ["person", notice(address, chat, { ref: `let-${code}`, text: admit ? WELCOME : SORRY })],
    ...told,
  ]);
}

const WELCOME =
  "You are let in. Say what you want; I answer here. What takes longer becomes a job, and you see how it goes. " +
  "Send /help to see what else there is.";

const SORRY = "I am sorry: you were not let in. Whoever owns me can tell you why.";

function answerTo({ code }: Asking): z.output<typeof noticeSchema> {
  return {
    ref: `asked-${code}`,
    text:
      `Hello. I talk only with people whom my owner has let in. They were asked; tell them who you are, with this code: \`${code}\`. ` +
      "It is good for an hour. You are told here when they have decided.",
  };
}

/** Its buttons carry its own name: so a chat knows where they stand. */
function questionOf({ code, person, until }: Asking): z.output<typeof noticeSchema> {
  return {
    ref: code,
    text: `${nameOf(person)} asks to be let in, with the code \`${code}\`. Only let in people who have told you so.`,
    buttons: [
      { label: "Let in", verb: "admit", ref: code },
      { label: "Do not let in", verb: "reject", ref: code },
    ],
    until,
  };
}

/** Notices are for private chats, which belong to the agent that the poller does. */
function notice(poller: Address, chat: number, data: z.output<typeof noticeSchema>): Send {
  return { type: "mail", to: chatAddress(parseAddress(poller).agent, { chat }), verb: "notice", data };
}

/** The number tells apart those who call themselves alike. */
function nameOf({ id, name }: Person): string {
  return `${nameIn(name)} (${id})`;
}

/** People choose their names: one may neither be a link nor change how what is around it looks. */
function nameIn(name: string): string {
  return name
    .replace(/[\\`*_~|[\](){}<>#!$=@/:]+/g, " ")
    .replace(/\.(?=\S)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
