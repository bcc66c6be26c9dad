import type { BotCommand, Chat, Message, MessageEntity, User } from "@grammyjs/types";
import type { FakeSettings } from "./fake-options.ts";
import type { UpdateQueue } from "./update-queue.ts";

/** A file that Telegram keeps. `declaredBytes` is how large it says that it is. */
export type KeptFile = {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly declaredBytes: number;
};

/** A message as Telegram keeps it. Units: `at` ms since 1970. */
export type Posted = {
  message: Message;
  /** Where it is a rich one: as it was given. */
  markdown?: string | undefined;
  /** What a person reads. */
  text: string;
  file?: KeptFile | undefined;
  edits: number;
  readonly at: number;
  silent?: boolean;
  reaction?: string | undefined;
};

/** Words that are being written. Units: `at` ms since 1970. */
export type Draft = {
  readonly draft_id: number;
  readonly thread: number | undefined;
  readonly text: string;
  readonly markdown: string | undefined;
  readonly canStop: boolean;
  readonly keepOnStop: boolean;
  /** How often it was changed. */
  readonly changes: number;
  readonly at: number;
};

/** What the bot is in a chat. */
type Standing = "present" | "blocked" | "left" | "kicked";

/** A chat as Telegram keeps it. */
export type Room = {
  chat: Chat;
  standing: Standing;
  movedTo?: number;
  readonly topics: Map<number, string>;
  readonly messages: Posted[];
  readonly drafts: Map<number, Draft>;
  readonly actions: { readonly action: string; readonly thread: number | undefined; readonly at: number }[];
};

/** A button that was pressed. Units: `at` ms since 1970. */
export type Query = { readonly id: string; at: number };

/** What somebody who pressed a button was told. */
export type Answered = {
  readonly query: string;
  readonly text: string;
  readonly alert: boolean;
  readonly at: number;
};

/** All that a fake Telegram knows. */
export type World = {
  readonly settings: FakeSettings;
  readonly people: Map<number, User>;
  readonly rooms: Map<number, Room>;
  readonly files: Map<string, KeptFile>;
  readonly queries: Map<string, Query>;
  readonly answers: Answered[];
  /** Key: `default`, `all_private_chats:de`, `chat:-100:`. */
  readonly commands: Map<string, readonly BotCommand[]>;
  readonly updates: UpdateQueue;
  /** The last number that a file, a query or a group of files got. */
  counted: number;
  /** The last number of a message in private chats: all of a bot's share one counter. */
  privateMessages: number;
  readonly groupMessages: Map<number, number>;
};

/** A world in which nothing has happened yet. */
export function emptyWorld(settings: FakeSettings, updates: UpdateQueue): World {
  return {
    settings,
    updates,
    people: new Map(),
    rooms: new Map(),
    files: new Map(),
    queries: new Map(),
    answers: [],
    commands: new Map(),
    counted: 0,
    privateMessages: 100,
    groupMessages: new Map(),
  };
}

/** The next number of its sort. */
export function count(world: World): number {
  world.counted += 1;
  return world.counted;
}

/** Number of the next message in a chat. */
export function nextMessage(world: World, chat: number): number {
  if (chat > 0) {
    world.privateMessages += 1;
    return world.privateMessages;
  }
  const next = (world.groupMessages.get(chat) ?? 0) + 1;
  world.groupMessages.set(chat, next);
  return next;
}

/** Keeps a file. */
export function keepFile(
  world: World,
  file: {
    readonly folder: string;
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly declaredBytes?: number | undefined;
  },
): KeptFile {
  const number = count(world);
  const extension = /\.\w+$/.exec(file.name)?.[0] ?? "";
  const kept: KeptFile = {
    file_id: `BQACAgIAAxk-${number}-${file.folder}`,
    file_unique_id: `AgAD${number}`,
    path: `${file.folder}/file_${number}${extension}`,
    name: file.name,
    bytes: file.bytes,
    declaredBytes: file.declaredBytes ?? file.bytes.length,
  };
  world.files.set(kept.file_id, kept);
  return kept;
}

/** What is put into a message by somebody. */
export type Content = Partial<Message> & { readonly entities?: MessageEntity[] };
