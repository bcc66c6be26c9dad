import { findMessage } from "./posts.ts";
import { badRequest, Refusal } from "./refusal.ts";
import type { Posted, Room, World } from "./world.ts";

/** The chat that the bot writes to. Throws: Refusal where it may not, or there is none. */
export function roomFor(world: World, chat: number): Room {
  const room = world.rooms.get(chat);
  if (room === undefined) {
    if (chat > 0) throw new Refusal(403, "bot can't initiate conversation with a user");
    throw badRequest("chat not found");
  }
  if (room.movedTo !== undefined) {
    throw new Refusal(400, "group chat was upgraded to a supergroup chat", {
      parameters: { migrate_to_chat_id: room.movedTo },
    });
  }
  switch (room.standing) {
    case "present":
      return room;
    case "blocked":
      throw new Refusal(403, "bot was blocked by the user");
    case "left":
      throw new Refusal(403, `bot is not a member of the ${room.chat.type} chat`);
    case "kicked":
      throw new Refusal(403, `bot was kicked from the ${room.chat.type} chat`);
  }
}

/** Throws: Refusal where a chat has no such topic. */
export function checkThread(room: Room, thread: number | undefined): void {
  if (thread !== undefined && !room.topics.has(thread)) throw badRequest("message thread not found");
}

/** The message that is answered; undefined where it is gone and need not be there. Throws: Refusal where it need be. */
export function answered(
  room: Room,
  given:
    | {
        readonly message_id: number;
        readonly allow_sending_without_reply?: boolean | undefined;
        readonly quote?: string | undefined;
      }
    | undefined,
): Posted | undefined {
  if (given === undefined) return undefined;
  const found = findMessage(room, given.message_id);
  if (found === undefined && given.allow_sending_without_reply !== true) {
    throw badRequest("message to be replied not found");
  }
  if (found !== undefined && given.quote !== undefined && !found.text.includes(given.quote)) {
    throw badRequest("QUOTE_TEXT_INVALID");
  }
  return found;
}

/** A message of the bot's own. Throws: Refusal where it is gone, or another's. */
export function own(world: World, room: Room, id: number): Posted {
  const found = findMessage(room, id);
  if (found === undefined) throw badRequest("message to edit not found");
  if (found.message.from?.id !== world.settings.bot.id) throw badRequest("message can't be edited");
  return found;
}
