import type { Incoming, Place, ReadUpdate } from "#subjects/telegram-update.ts";
import { fieldOf } from "./field.ts";
import { readEdited, readMessage } from "./message.ts";
import { personOf, placeOf } from "./named.ts";
import {
  type Bot,
  type SentMessage,
  sentHaltSchema,
  sentMembershipSchema,
  sentMessageSchema,
  sentPressSchema,
} from "./shape.ts";

type Deed = NonNullable<Extract<Incoming, { type: "pressed" }>["deed"]>;

/** Says what a button of a chat stands for; undefined where its signature is not ours. */
export type Verify = (data: string, chat: number) => Deed | undefined;

/** What is asked of Telegram; the rest means nothing here. */
export const WANTED_UPDATES = [
  "message",
  "edited_message",
  "callback_query",
  "my_chat_member",
  "stopped_message_generation",
] as const;

type Wanted = (typeof WANTED_UPDATES)[number];
type Happened = { readonly place: Place; readonly incoming: Incoming };

/** The number of an update; each is brought under the same one again until it is confirmed. */
export function updateNumber(raw: unknown): number | undefined {
  const number = fieldOf(raw, "update_id");
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/**
 * Reads an update. `nothing` is what does not concern anybody here; `unreadable` is what would, and lacks what it takes.
 * Never throws, whatever is sent.
 */
export function readUpdate(raw: unknown, bot: Bot, verify: Verify): ReadUpdate | "nothing" | "unreadable" {
  const update = updateNumber(raw);
  if (update === undefined) return "unreadable";
  const sort = WANTED_UPDATES.find((each) => fieldOf(raw, each) !== undefined);
  if (sort === undefined) return "nothing";
  const happened = READERS[sort](fieldOf(raw, sort), bot, verify);
  return typeof happened === "string" ? happened : { update, ...happened };
}

const READERS: Readonly<
  Record<Wanted, (sent: unknown, bot: Bot, verify: Verify) => Happened | "nothing" | "unreadable">
> = {
  message(raw, bot) {
    const sent = sentMessageSchema.safeParse(raw).data;
    return sent === undefined
      ? "unreadable"
      : happenedIn(sent, (place) => readMessage(sent, place, bot) ?? movedIn(sent));
  },
  edited_message(raw, bot) {
    const sent = sentMessageSchema.safeParse(raw).data;
    return sent === undefined ? "unreadable" : happenedIn(sent, () => readEdited(sent, bot));
  },
  callback_query(raw, _bot, verify) {
    const sent = sentPressSchema.safeParse(raw).data;
    if (sent === undefined) return "unreadable";
    const { id: query, message, data = "" } = sent;
    if (message === undefined) return "nothing";
    return happenedIn(message, ({ chat }) => {
      const deed = verify(data, chat);
      const from = personOf(sent.from);
      return { type: "pressed", query, from, message: message.message_id, ...(deed === undefined ? {} : { deed }) };
    });
  },
  my_chat_member(raw) {
    const sent = sentMembershipSchema.safeParse(raw).data;
    if (sent === undefined) return "unreadable";
    const { status, is_member: isMember, can_send_messages: maySend } = sent.new_chat_member;
    const isPresent = PRESENT.has(status) || (status === "restricted" && isMember !== false && maySend !== false);
    return happenedIn(sent, () => ({ type: "membership", from: personOf(sent.from), present: isPresent }));
  },
  stopped_message_generation(raw) {
    const sent = sentHaltSchema.safeParse(raw).data;
    if (sent === undefined) return "unreadable";
    const topic = { ...sent, is_topic_message: true };
    return happenedIn(topic, () => ({ type: "halted", from: personOf(sent.chat) }));
  },
};

/** How the bot stands in a chat that it may write in. */
const PRESENT = new Set(["creator", "administrator", "member"]);

function happenedIn(
  sent: Pick<SentMessage, "chat"> & Partial<SentMessage>,
  read: (place: Place) => Incoming | undefined,
): Happened | "nothing" {
  const place = placeOf(sent.chat, sent);
  const incoming = place === undefined ? undefined : read(place);
  return place === undefined || incoming === undefined ? "nothing" : { place, incoming };
}

function movedIn({ migrate_to_chat_id: to }: SentMessage): Incoming | undefined {
  return to === undefined ? undefined : { type: "moved", to };
}
