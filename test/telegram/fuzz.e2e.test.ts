import assert from "node:assert/strict";
import { test } from "node:test";
import { Chance } from "#chaos/chance.ts";
import { deadOf, eventsOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({ env: { THALASSA_TELEGRAM_USER_PER_MINUTE: "10000" }, mayFlood: true });

const SEEDS = [1, 2, 3];

/** Updates of a seed; an honest message comes after each so many of them. */
const UPDATES = 150;
const HONEST_EVERY = 50;

/** What somebody might send in a field, whatever belongs there. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 40),
  "",
  "…",
  "\u0000\u0007\u001b[31m",
  "\ud83d",
  "👩‍👩‍👧‍👦".repeat(400),
  "\u202eevil\u2066 الرسالة هنا\u200f",
  "x".repeat(70_000),
  "/stop@",
  "/\u202e",
  "@our_bot",
  [],
  [null],
  {},
  { id: "1" },
  { id: 9e15, type: "group" },
  [{ type: "bot_command", offset: -5, length: 1e9 }],
  [{ type: "mention", offset: 1e9, length: 1 }],
  [{ type: "text_mention", offset: 0, length: 3, user: { id: "x" } }],
];

/** All that an update may have, filled in as Telegram would. */
function whole(chance: Chance, person: number): Readonly<Record<string, unknown>> {
  const from = {
    id: person,
    is_bot: false,
    first_name: "Fay",
    last_name: "Fuzz",
    username: "fay",
    language_code: "en",
  };
  const chat = chance.pick([
    { id: person, type: "private", first_name: "Fay" },
    { id: -person, type: "supergroup", title: "Fuzzers", is_forum: true },
    { id: -person, type: "channel", title: "News" },
  ]);
  const file = { file_id: "no-such-file", file_unique_id: "u", file_size: 10, file_name: "a.txt", width: 1, height: 1 };
  const message = {
    message_id: chance.between(1, 1e6),
    date: 1_790_000_000,
    from,
    chat,
    text: chance.pick(["hello", "/status", "/task@our_bot x", "/nothing of the sort", "@our_bot hi"]),
    entities: [{ type: "bot_command", offset: 0, length: 5 }],
  };
  const more = {
    message_thread_id: 7,
    is_topic_message: true,
    reply_to_message: { ...message, message_id: 5 },
    quote: { text: "hel", position: 0 },
    forward_origin: { type: "user", sender_user: from, date: 1 },
    caption: "below",
    caption_entities: [],
    media_group_id: `album-${chance.between(1, 3)}`,
    photo: [file],
    document: file,
    location: { latitude: 1, longitude: 2 },
    poll: { id: "p", question: "q?", options: [{ text: "yes", voter_count: 0 }] },
    dice: { emoji: "🎲", value: 6 },
    rich_message: { blocks: [{ type: "paragraph", text: "rich" }] },
    migrate_to_chat_id: -person - 1,
  };
  const said = { ...message, ...Object.fromEntries(Object.entries(more).filter(() => chance.next() < 0.15)) };
  const member = { user: { id: 8_200_000_001, is_bot: true, first_name: "Our bot" }, status: "kicked" };
  return chance.pick([
    { message: said },
    { message: said },
    { edited_message: said },
    { callback_query: { id: "77", from, chat_instance: "1", message: said, data: "AAAAAAAAAAAAAAA0zzzzzz.w1" } },
    {
      my_chat_member: {
        chat,
        from,
        date: 1,
        old_chat_member: member,
        new_chat_member: { ...member, status: "member" },
      },
    },
    { stopped_message_generation: { chat, draft_id: 3 } },
    { poll_answer: { poll_id: "p", user: from, option_ids: [0] } },
  ]);
}

/** The same with something missing, or something odd in its place, anywhere in it. */
function spoilt(chance: Chance, value: unknown, depth = 0): unknown {
  if (depth > 0 && chance.next() < 0.06) return chance.pick(ODD);
  if (Array.isArray(value)) return value.map((each) => spoilt(chance, each, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      depth > 0 && chance.next() < 0.06 ? [] : [[key, spoilt(chance, each, depth + 1)]],
    ),
  );
}

for (const seed of SEEDS) {
  test(`of ${UPDATES} spoilt updates none keeps honest messages from their answers (seed ${seed})`, async () => {
    const { fake, bed } = scene;
    const chance = new Chance(seed);
    const honest: number[] = [];
    const fuzzers = Array.from({ length: 8 }, (_, n) => 280_000 + seed * 10 + n);
    for (const person of fuzzers) {
      fake.membership(person, person, "member");
      fake.group({ id: -person, forum: true });
    }
    for (let n = 1; n <= UPDATES; n++) {
      fake.pushes(spoilt(chance, whole(chance, chance.pick(fuzzers))));
      if (n % HONEST_EVERY !== 0) continue;
      const person = 2_810_000 + seed * 100 + n / HONEST_EVERY;
      honest.push(person);
      fake.says(person, person, `my lot is ${person}`);
    }
    for (const person of honest) await saw(fake, person, `your lot is “${person}”`, { mostMs: 30_000 });
    for (const person of honest) {
      assert.equal((await eventsOf(scene, `main.channel.telegram-${person}`, "heard")).length, 1);
    }
    await fake.until(() => fake.pending === 0, "all are confirmed");
    assert.ok(bed.processes.every(({ isAlive, garbled }) => isAlive && garbled.length === 0));
  });
}

test("what nobody can read becomes a dead letter that says why, with what came", async () => {
  const { fake } = scene;
  fake.pushes({ message: { message_id: "seven", chat: { id: 2_820, type: "private" }, text: "mark 2820" } });
  const { letter } = await fake.until(async () => {
    const all = await deadOf(scene, "poller");
    return all.find((each) => each.letter.body.includes("mark 2820"));
  }, "the letter");
  assert.equal(letter.verb, "update");
  assert.equal(letter.code, "malformed");
  assert.match(letter.reason, /^update: .*expected/);
});

test("what is no update at all is passed over", async () => {
  const { fake } = scene;
  fake.pushes({ update_id: 990_000_123 });
  fake.says(2_821, 2_821, "my end is near");
  await saw(fake, 2_821, "your end is");
});
