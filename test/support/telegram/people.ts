import type { Chat, ChatMember, User } from "@grammyjs/types";
import { post } from "./posts.ts";
import type { Room, World } from "./world.ts";

/** Somebody: by number alone, or with what is known of them. */
export type Person = number | (Partial<User> & { readonly id: number });

/** A group. */
export type GroupSpec = {
  readonly id: number;
  readonly title?: string;
  /** Whether it has topics. */
  readonly forum?: boolean;
  /** Default: supergroup. */
  readonly type?: "group" | "supergroup";
};

/** What a bot may that was made an administrator with a tap. */
const ADMINISTRATOR = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_pin_messages: true,
  can_manage_topics: true,
  can_send_welcome_messages: false,
} as const;

/** Who somebody is; what was once said of them is remembered. */
export function userOf(world: World, person: Person): User {
  const given = typeof person === "number" ? { id: person } : person;
  const known = world.people.get(given.id);
  const user: User = { is_bot: false, first_name: `Person ${given.id}`, language_code: "en", ...known, ...given };
  world.people.set(user.id, user);
  return user;
}

/** The chat of that number; for somebody who is new it comes into being. Throws: Error for another's private chat. */
export function roomOf(world: World, chat: number, from: User): Room {
  if (chat < 0) return groupOf(world, chat);
  if (chat !== from.id) throw new Error(`the private chat ${chat} is not that of ${from.id}; they are the same number`);
  const known = world.rooms.get(chat);
  if (known !== undefined) return known;
  return emptyRoom(world, {
    id: chat,
    type: "private",
    first_name: from.first_name,
    ...(from.username === undefined ? {} : { username: from.username }),
  });
}

/** The group of that number. */
export function groupOf(world: World, id: number, spec: Omit<GroupSpec, "id"> = {}): Room {
  const known = world.rooms.get(id);
  if (known !== undefined) return known;
  const title = spec.title ?? `Group ${id}`;
  if (spec.type === "group") return emptyRoom(world, { id, type: "group", title });
  return emptyRoom(world, { id, type: "supergroup", title, ...(spec.forum === true ? { is_forum: true } : {}) });
}

/** The bot is let in or out; an update tells it. */
export function joins(
  world: World,
  given: {
    readonly chat: number;
    readonly from: Person;
    readonly status: "member" | "administrator" | "left" | "kicked";
  },
): void {
  const from = userOf(world, given.from);
  const room = roomOf(world, given.chat, from);
  const before = room.standing;
  const isIn = given.status === "member" || given.status === "administrator";
  room.standing = isIn ? "present" : given.status === "left" ? "left" : given.chat > 0 ? "blocked" : "kicked";
  world.updates.push("my_chat_member", {
    chat: room.chat,
    from,
    date: Math.floor(Date.now() / 1_000),
    old_chat_member: member(world, before === "present" ? "member" : before === "left" ? "left" : "kicked"),
    new_chat_member: member(world, given.status),
  });
}

/** A group goes on under another number. */
export function migrates(world: World, chat: number, to: number): void {
  const old = groupOf(world, chat, { type: "group" });
  const title = old.chat.title ?? "";
  const next = groupOf(world, to, { title });
  const from: User = { id: 1_087_968_824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
  const leave = post(world, old, { from, content: { migrate_to_chat_id: to }, text: "" });
  old.movedTo = to;
  const arrive = post(world, next, { from, content: { migrate_from_chat_id: chat }, text: "" });
  world.updates.push("message", leave.message);
  world.updates.push("message", arrive.message);
}

/** An update as it is. */
export function pushRaw(world: World, update: unknown): number {
  return world.updates.pushRaw(update);
}

function emptyRoom(world: World, chat: Chat): Room {
  const room: Room = { chat, standing: "present", topics: new Map(), messages: [], drafts: new Map(), actions: [] };
  world.rooms.set(chat.id, room);
  return room;
}

function member(world: World, status: "member" | "administrator" | "left" | "kicked"): ChatMember {
  const user = world.settings.bot;
  if (status === "kicked") return { status, user, until_date: 0 };
  if (status !== "administrator") return { status, user };
  return { status, user, ...ADMINISTRATOR };
}
