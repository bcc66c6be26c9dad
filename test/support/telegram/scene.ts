import assert from "node:assert/strict";
import { after, before } from "node:test";
import { type Buried, deadLetters } from "#deploy/dead-letters.ts";
import type { LogRecord } from "#runtime/bus.ts";
import type { Address } from "#subjects/mod.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { BridgeBed, OWNER } from "./bridge-bed.ts";
import type { FakeTelegram } from "./fake-api.ts";
import type { FakeOptions } from "./fake-options.ts";
import type { Person } from "./people.ts";
import type { SeenMessage } from "./seen.ts";

/** Whom the settings of a scene let in, whatever their number is: `telegram:1…` own the agents, `telegram:2…` use them. */
const ROLES = { THALASSA_ROLES_OWNERS: "telegram:1*", THALASSA_ROLES_USERS: "telegram:2*" } as const;

/** The owner, who has begun a chat with the bot. */
export const ADA = { id: OWNER, first_name: "Ada" } as const;

/** How a test file wants its bed. */
export type SceneOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly fake?: FakeOptions;
  readonly kinds?: readonly string[];
  /** Whoever is killed takes with it what it knew of its last calls; and this fake counts changes in all chats together. */
  readonly mayFlood?: boolean;
};

/** What stands while the tests of a file run. */
export type Scene = { readonly bed: BridgeBed; readonly fake: FakeTelegram; readonly server: TestServer };

/**
 * A server and a bed for all tests of a file, which come and go with it; at its end the bot may have done nothing that no
 * Telegram would take, nor have been too fast for it. Each test has people and groups of its own, so that none waits for another.
 */
export function sceneOf({ env = {}, fake = {}, kinds, mayFlood = false }: SceneOptions = {}): Scene {
  let server: TestServer | undefined;
  let bed: BridgeBed | undefined;
  before(async () => {
    server = await startServer();
    bed = await BridgeBed.start(server, { ...ROLES, THALASSA_TELEGRAM_ALL_PER_MINUTE: "10000", ...env }, fake, kinds);
    bed.fake.membership(OWNER, ADA, "member");
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    assert.deepEqual(bed?.fake.violations, []);
    assert.deepEqual(
      bed?.processes.flatMap(({ garbled }) => garbled),
      [],
      "no process ended of itself",
    );
    if (!mayFlood) assert.deepEqual([...(bed?.fake.floods ?? [])], [], "nobody was too fast for Telegram");
  });
  return {
    get bed() {
      return there(bed);
    },
    get fake() {
      return there(bed).fake;
    },
    get server() {
      return there(server);
    },
  };
}

function there<T>(one: T | undefined): T {
  if (one === undefined) throw new Error("the scene stands only while tests run");
  return one;
}

/** What the bot shows in a chat, or a topic of it, behind a message, with these words: once they are there. */
export function saw(
  fake: FakeTelegram,
  chat: number,
  words: string | RegExp,
  more: { readonly thread?: number; readonly behind?: number; readonly mostMs?: number } = {},
): Promise<SeenMessage> {
  const { thread, behind = 0, mostMs } = more;
  const fits = ({ text, message_id }: SeenMessage): boolean =>
    message_id > behind && (typeof words === "string" ? text.includes(words) : words.test(text));
  return fake.until(() => fake.shown(chat, thread).find(fits), `${words} in ${chat}`, mostMs);
}

/** Somebody writes in private, and is answered with these words. */
export function asks(fake: FakeTelegram, person: number, text: string, words: string | RegExp): Promise<SeenMessage> {
  const { message_id: behind } = fake.says(person, person, text);
  return saw(fake, person, words, { behind });
}

/** Somebody presses the button of that label, and is told so: what, is given. */
export function presses(
  fake: FakeTelegram,
  chat: number,
  person: Person,
  { message_id, buttons }: SeenMessage,
  label: string,
): Promise<string> {
  const data = buttons.find(({ text }) => text === label)?.data;
  if (data === undefined)
    throw new Error(`no button ${label}; there are ${buttons.map(({ text }) => text).join(", ")}`);
  const query = fake.presses(chat, person, message_id, data, { forged: true });
  return told(fake, query);
}

/** What somebody who pressed a button was told. */
export async function told(fake: FakeTelegram, query: string): Promise<string> {
  const { text } = await fake.until(() => fake.answers.find((each) => each.query === query), "an answer to a press");
  return text;
}

/** The dead letters of a chat, once there are some. Shape of a name: `4711`, `-1004711-t9`. */
export function deadOf({ bed, fake }: Pick<Scene, "bed" | "fake">, name: string): Promise<readonly Buried[]> {
  return fake.until(async () => {
    await using operator = await bed.operator();
    const letters = (await deadLetters(operator)).filter(({ subject }) => subject.split(".").includes(name));
    return letters.length > 0 ? letters : undefined;
  }, `dead letters of ${name}`);
}

/** What happened to an actor so far: the events of one type. */
export async function eventsOf({ bed }: Scene, address: Address, type: string): Promise<readonly LogRecord[]> {
  await using operator = await bed.operator();
  const records = await operator.history(address);
  return records.filter(({ event }) => event === type);
}
