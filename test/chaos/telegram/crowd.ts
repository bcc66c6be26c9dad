import type { Chance } from "#chaos/chance.ts";
import type { Address } from "#subjects/address.ts";
import { DEFAULT_AGENT } from "#subjects/mod.ts";
import { chatAddress, conversationOf } from "#subjects/telegram-chat.ts";
import type { FakeTelegram } from "#support/telegram/fake-api.ts";
import type { TelegramChaosOptions } from "./options.ts";

/** A chat or topic in which people write. A topic has its number when it was first written in. */
export type Room = { readonly chat: number; readonly isTopic: boolean; thread?: number };

/** A message that somebody wrote. Units: `at` ms since 1970. */
export type Written = { readonly room: Room; readonly message: number; readonly text: string; readonly at: number };

/** Numbers of the first person and of the first group. */
const FIRST = { person: 10_001, group: -1_001 } as const;

/** A new topic has a number so far beyond those that its group has used. */
const TOPIC_GAP = 1_000;

/** So many people write in each group. */
const MEMBERS = 3;

/** Words of messages: of long ones an answer takes long to be said. */
const WORDS =
  "river lamp stone winter green paper garden slow bright copper letter bridge autumn glass quiet road".split(" ");

/** Of which lengths messages are: in groups, words are shown as they come only where they take long. Units: words. */
const LENGTHS = { private: [2, 5, 9, 30], group: [9, 30] } as const;

/** People who write to a bot, in private and in groups. */
export class Crowd {
  readonly written: Written[] = [];
  readonly rooms: readonly Room[];
  readonly #fake: FakeTelegram;
  readonly #chance: Chance;
  readonly #plan: Room[];
  readonly #last = new Map<number, number>();

  constructor(fake: FakeTelegram, chance: Chance, options: TelegramChaosOptions) {
    this.#fake = fake;
    this.#chance = chance;
    const people = Array.from({ length: options.people }, (_, at) => ({ chat: FIRST.person + at, isTopic: false }));
    const shared = groupsOf(fake, options);
    this.rooms = [...people, ...shared];
    const inGroups = shared.flatMap((room) => Array<Room>(options.perGroup).fill(room));
    const rest = options.messages - inGroups.length;
    // Everybody writes at least once.
    const inPrivate = Array.from({ length: rest }, (_, at) => people[at] ?? chance.pick(people));
    this.#plan = shuffled([...inGroups, ...inPrivate], chance);
  }

  /** The next one is written. */
  write(): void {
    const room = this.#plan[this.written.length];
    if (room === undefined) throw new RangeError("everything was written");
    const { chat, isTopic } = room;
    const text = this.#text(chat > 0 ? LENGTHS.private : LENGTHS.group);
    if (isTopic) room.thread ??= (this.#last.get(chat) ?? 0) + TOPIC_GAP;
    const from = chat > 0 ? chat : FIRST.person + this.#chance.between(0, MEMBERS - 1);
    const said = chat > 0 ? text : `@${this.#fake.bot.username} ${text}`;
    const at = Date.now();
    const more = room.thread === undefined ? {} : { thread: room.thread };
    const { message_id: message } = this.#fake.says(chat, { id: from, first_name: `Person ${from}` }, said, more);
    this.#last.set(chat, message);
    this.written.push({ room, message, text, at });
  }

  /** Names its own number, so that no two are alike. */
  #text(lengths: readonly number[]): string {
    const length = this.#chance.pick(lengths);
    const words = Array.from({ length }, () => this.#chance.pick(WORDS));
    return `Note ${this.written.length + 1}: ${words.join(" ")}`;
  }
}

/** The actor of a room. */
export function actorOf({ chat, thread }: Room): Address {
  return chatAddress(DEFAULT_AGENT, { chat, topic: thread });
}

/** The conversation of a room. */
export function channelOf(room: Room): Address {
  return conversationOf(actorOf(room), 1);
}

function groupsOf(fake: FakeTelegram, { groups, forums }: TelegramChaosOptions): readonly Room[] {
  return Array.from({ length: groups + forums }, (_, at) => {
    const id = FIRST.group - at;
    const isForum = at >= groups;
    fake.group({ id, title: `Group ${at + 1}`, forum: isForum });
    return isForum
      ? [
          { chat: id, isTopic: true },
          { chat: id, isTopic: true },
        ]
      : [{ chat: id, isTopic: false }];
  }).flat();
}

function shuffled<T>(all: readonly T[], chance: Chance): T[] {
  const keyed = all.map((each) => ({ each, key: chance.next() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ each }) => each);
}
