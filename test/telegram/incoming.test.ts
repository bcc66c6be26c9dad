import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readUpdate, updateNumber } from "#bridges/telegram/incoming/update.ts";
import { readUpdateSchema } from "#subjects/telegram-update.ts";

const BOT = { id: 99, username: "our_bot" };
const ADA = { id: 4711, is_bot: false, first_name: "Ada", last_name: "L" };
const PRIVATE = { id: 4711, type: "private", first_name: "Ada" };
const GROUP = { id: -100, type: "supergroup", title: "Work", is_forum: true };
const AT = 1_790_000_000;

function read(raw: object) {
  const update = readUpdate({ update_id: 7, ...raw }, BOT, (data, chat) =>
    data === "good" ? { verb: "approve", ref: `${chat}`, until: 5 } : undefined,
  );
  if (typeof update !== "string") assert.deepEqual(readUpdateSchema.parse(update), update);
  return update;
}

function message(more: object, chat: object = PRIVATE) {
  return read({ message: { message_id: 3, date: AT, chat, from: ADA, ...more } });
}

function spoken(more: object, chat: object = PRIVATE) {
  const update = message(more, chat);
  assert.ok(typeof update !== "string" && update.incoming.type === "message", JSON.stringify(update));
  return { ...update.incoming, place: update.place };
}

const mention = (offset: number, length = 8) => ({ type: "mention", offset, length });

test("a private message is read", () => {
  assert.deepEqual(message({ text: "hello" }), {
    update: 7,
    place: { chat: 4711, kind: "private" },
    incoming: {
      type: "message",
      message: 3,
      from: { id: 4711, name: "Ada L" },
      text: "hello",
      at: AT * 1_000,
      addressed: true,
      files: [],
    },
  });
});

test("a topic is one only where Telegram says so", () => {
  assert.equal(spoken({ text: "x", message_thread_id: 9, is_topic_message: true }, GROUP).place.topic, 9);
  assert.equal(spoken({ text: "x", message_thread_id: 9 }, GROUP).place.topic, undefined);
  assert.deepEqual(spoken({ text: "x" }, GROUP).place, { chat: -100, kind: "group", title: "Work", forum: true });
});

test("a group's message is meant for the bot by a mention, an answer to it or a command", () => {
  const isMeant = (more: object) => spoken(more, GROUP).addressed;
  assert.equal(isMeant({ text: "hello", entities: [] }), false);
  assert.equal(isMeant({ text: "@Our_Bot hello", entities: [mention(0)] }), true);
  assert.equal(
    isMeant({ text: "you there", entities: [{ type: "text_mention", offset: 0, length: 3, user: BOT }] }),
    true,
  );
  assert.equal(isMeant({ text: "@other_x hello", entities: [mention(0)] }), false);
  assert.equal(isMeant({ text: "/task x", entities: [{ type: "bot_command", offset: 0, length: 5 }] }), true);
  assert.equal(isMeant({ text: "yes", reply_to_message: { message_id: 2, from: BOT, text: "?" } }), true);
  assert.equal(isMeant({ text: "yes", reply_to_message: { message_id: 2, from: ADA, text: "?" } }), false);
});

test("what a topic's messages formally answer means nothing", () => {
  const answer = (reply: object) =>
    spoken({ text: "x", message_thread_id: 9, is_topic_message: true, reply_to_message: reply }, GROUP);
  assert.equal(answer({ message_id: 9, from: BOT, forum_topic_created: { name: "t" } }).answers, undefined);
  assert.equal(answer({ message_id: 9, from: BOT }).addressed, false);
  assert.deepEqual(answer({ message_id: 10, from: BOT, caption: "so" }).answers, {
    message: 10,
    ours: true,
    text: "so",
  });
});

test("the mention that says whom it is said to is taken out", () => {
  const left = (text: string, ...entities: object[]) => spoken({ text, entities }, GROUP).text;
  assert.equal(left("@our_bot, do it", mention(0)), "do it");
  assert.equal(left("do it @our_bot", mention(6)), "do it");
  assert.equal(left("😀 please @our_bot do", mention(10)), "😀 please do");
  assert.equal(left("@our_bot", mention(0)), "");
  assert.equal(left("a @our_bot b @our_bot", mention(2), mention(13)), "a @our_bot b @our_bot");
  assert.equal(spoken({ text: "@our_bot do it" }, GROUP).text, "do it");
});

test("a command is read with what stands behind it", () => {
  const command = (text: string, entities: unknown = [{ type: "bot_command", offset: 0, length: 5 }]) =>
    spoken({ text, entities }, GROUP).command;
  assert.deepEqual(command("/Task@Our_Bot  write\na poem "), { name: "task", rest: "write\na poem" });
  assert.deepEqual(command("/task"), { name: "task", rest: "" });
  assert.equal(command("/task@other_bot x"), undefined);
  assert.equal(spoken({ text: "/task@other_bot x" }, GROUP).addressed, false);
  assert.equal(command("/etc/passwd"), undefined);
  assert.equal(command("/task x", []), undefined);
  assert.deepEqual(command("/task x", undefined), { name: "task", rest: "x" });
  assert.deepEqual(spoken({ caption: "/task see", photo: [{ file_id: "p" }] }).command, { name: "task", rest: "see" });
});

test("files are read, each once and a photo in its largest size", () => {
  const files = (more: object) => spoken(more).files;
  const photo = [
    { file_id: "s", width: 90, height: 90 },
    { file_id: "l", width: 900, height: 900, file_size: 5 },
  ];
  assert.deepEqual(files({ photo, live_photo: { file_id: "v" } }), [{ sort: "photo", id: "l", bytes: 5 }]);
  const document = { file_id: "d", file_name: "a\u202Etxt.exe", file_size: 12 };
  assert.deepEqual(files({ document }), [{ sort: "document", id: "d", name: "atxt.exe", bytes: 12 }]);
  assert.deepEqual(files({ document, animation: { file_id: "a" } }), [{ sort: "animation", id: "a" }]);
  assert.deepEqual(files({ voice: { file_id: "v", duration: 2 } }), [{ sort: "voice", id: "v" }]);
  const sticker = spoken({ sticker: { file_id: "st", emoji: "😀" } });
  assert.deepEqual([sticker.text, sticker.files], ["[sticker 😀]", [{ sort: "sticker", id: "st" }]]);
  assert.equal(spoken({ photo, media_group_id: "g1", caption: "see" }).album, "g1");
});

test("what has no text of its own is said in short words", () => {
  const text = (more: object) => spoken(more).text;
  const location = { latitude: 52.5, longitude: 13.4 };
  assert.equal(text({ location }), "[location 52.5, 13.4]");
  assert.equal(
    text({ location, venue: { location, title: "Zoo", address: "Way 1" } }),
    "[venue Zoo, Way 1, 52.5, 13.4]",
  );
  assert.equal(text({ contact: { phone_number: "+491", first_name: "Bo" } }), "[contact Bo +491]");
  assert.equal(
    text({ poll: { question: "Tea?", options: [{ text: "yes" }, { text: "no" }] } }),
    "[poll Tea?: yes; no]",
  );
  assert.equal(text({ dice: { emoji: "🎲", value: 4 } }), "[dice 🎲 4]");
  assert.equal(text({ checklist: { title: "To do", tasks: [{ text: "a" }] } }), "[checklist To do: a]");
  assert.equal(text({ story: { id: 1 } }), "[story]");
});

test("a rich message is read as plain text, mentions in it included", () => {
  const rich_message = {
    blocks: [
      { type: "heading", size: 1, text: ["Plan ", { type: "bold", text: "B" }] },
      { type: "list", items: [{ label: "1.", blocks: [{ type: "paragraph", text: "one" }] }] },
      { type: "table", cells: [[{ text: "a" }, { text: { type: "code", text: "b" } }], [{ text: "c" }]] },
      { type: "photo", photo: [], caption: { text: "seen" } },
      { type: "paragraph", text: { type: "mathematical_expression", expression: "x^2" } },
    ],
  };
  assert.equal(spoken({ rich_message }).text, "Plan B\n1. one\na | b\nc\n[photo]\nseen\nx^2");
  const meant = { blocks: [{ type: "paragraph", text: [{ type: "mention", text: "@our_bot" }, " hello"] }] };
  assert.deepEqual(
    [spoken({ rich_message: meant }, GROUP).addressed, spoken({ rich_message: meant }, GROUP).text],
    [true, "hello"],
  );
});

test("names are made harmless", () => {
  const name = (from: object) => spoken({ text: "x", from: { id: 1, ...from } }).from.name;
  assert.equal(name({ first_name: " A\u202Eda\n\u0000B \uD800" }), "Ada B \uFFFD");
  assert.equal(name({ first_name: "\u202E", username: "ada" }), "ada");
  assert.equal(name({}), "1");
  assert.equal(name({ first_name: "😀".repeat(150) }), "😀".repeat(100));
});

test("who a message was forwarded from is said", () => {
  const from = (forward_origin: object) => spoken({ text: "x", forward_origin }).forwarded;
  assert.equal(from({ type: "user", sender_user: { id: 1, first_name: "Bo" } }), "Bo");
  assert.equal(from({ type: "hidden_user", sender_user_name: "Cy" }), "Cy");
  assert.equal(from({ type: "channel", chat: { id: -5, title: "News" } }), "News");
});

test("the words and where they are quoted go with an answer", () => {
  const more = {
    text: "why",
    quote: { text: "part" },
    reply_to_message: { message_id: 2, from: BOT, text: "all of it" },
  };
  assert.deepEqual(spoken(more).answers, { message: 2, ours: true, text: "part" });
});

test("a change, a button, a stop, a membership and a move are read", () => {
  const from = { id: 4711, name: "Ada L" };
  const place = { chat: 4711, kind: "private" } as const;
  const edited_message = { message_id: 3, chat: PRIVATE, from: ADA, date: 1, edit_date: 2, text: "new" };
  const happened = (raw: object) => {
    const update = read(raw);
    return typeof update === "string" ? update : { place: update.place, ...update.incoming };
  };
  assert.deepEqual(happened({ edited_message }), { place, type: "edited", message: 3, from, text: "new", at: 2_000 });
  const press = { id: "q", from: ADA, message: { message_id: 5, chat: PRIVATE, date: 0 }, chat_instance: "c" };
  const deed = { verb: "approve", ref: "4711", until: 5 };
  assert.deepEqual(happened({ callback_query: { ...press, data: "good" } }), {
    ...{ place, type: "pressed", query: "q", from, message: 5, deed },
  });
  assert.deepEqual(happened({ callback_query: { ...press, data: "bad" } }), {
    ...{ place, type: "pressed", query: "q", from, message: 5 },
  });
  assert.deepEqual(happened({ stopped_message_generation: { chat: PRIVATE, message_thread_id: 4, draft_id: 1 } }), {
    ...{ place: { ...place, topic: 4 }, type: "halted", from: { id: 4711, name: "Ada" } },
  });
  const member = (status: object) =>
    happened({ my_chat_member: { chat: PRIVATE, from: ADA, date: 1, new_chat_member: status } });
  assert.deepEqual(member({ status: "kicked" }), { place, type: "membership", from, present: false });
  assert.deepEqual(member({ status: "restricted", can_send_messages: false }), {
    ...{ place, type: "membership", from, present: false },
  });
  assert.deepEqual(member({ status: "administrator" }), { place, type: "membership", from, present: true });
  const group = { id: -100, type: "group", title: "Work" };
  assert.deepEqual(happened({ message: { message_id: 3, chat: group, from: ADA, migrate_to_chat_id: -200 } }), {
    ...{ place: { chat: -100, kind: "group", title: "Work" }, type: "moved", to: -200 },
  });
});

test("what does not concern anybody is nothing", () => {
  assert.equal(message({ new_chat_members: [ADA] }, GROUP), "nothing");
  assert.equal(message({ text: "x", from: { id: 5, is_bot: true, first_name: "Other" } }), "nothing");
  assert.equal(message({ text: "x", from: { id: 1087968824, is_bot: true }, sender_chat: GROUP }, GROUP), "nothing");
  assert.equal(message({ text: "x", from: { id: 777000 }, is_automatic_forward: true }, GROUP), "nothing");
  assert.equal(message({ text: "x" }, { id: -5, type: "channel" }), "nothing");
  assert.equal(read({ channel_post: { message_id: 1 } }), "nothing");
  assert.equal(read({ poll: {} }), "nothing");
  assert.equal(read({ something_of_tomorrow: {} }), "nothing");
  assert.equal(read({ callback_query: { id: "q", from: ADA, inline_message_id: "i", chat_instance: "c" } }), "nothing");
});

test("what would concern somebody and cannot be read is unreadable", () => {
  assert.equal(read({ message: { message_id: 3 } }), "unreadable");
  assert.equal(read({ message: "hello" }), "unreadable");
  assert.equal(read({ callback_query: { id: "q" } }), "unreadable");
  assert.equal(
    readUpdate("junk", BOT, () => undefined),
    "unreadable",
  );
  assert.equal(updateNumber({ update_id: 1.5 }), undefined);
  assert.equal(updateNumber({ update_id: 8 }), 8);
});

const oddText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("😀", "\uD800", "\u202E", "א", "@our_bot", "/task", "\n", "\u0000", " ") }),
);
const oddNumber = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double());
const anything = fc.oneof(fc.anything({ withNullPrototype: true }), fc.constant(null), oddText, oddNumber);
/** Sometimes right, sometimes anything else, sometimes absent. */
const perhaps = <T>(right: fc.Arbitrary<T>) => fc.option(fc.oneof(right, anything), { nil: undefined });

const entity = fc.record(
  {
    type: fc.constantFrom("mention", "text_mention", "bot_command", "bold"),
    offset: perhaps(fc.integer({ min: -5, max: 60 })),
    length: perhaps(fc.integer({ min: -5, max: 1_000 })),
    user: perhaps(fc.constant(BOT)),
  },
  { requiredKeys: ["type"] },
);

const optional = {
  from: perhaps(
    fc.record({ id: perhaps(fc.constant(4711)), first_name: perhaps(oddText), is_bot: fc.constant(false) }),
  ),
  date: perhaps(fc.nat()),
  edit_date: perhaps(fc.nat()),
  message_thread_id: perhaps(fc.nat()),
  is_topic_message: perhaps(fc.boolean()),
  media_group_id: perhaps(oddText),
  entities: perhaps(fc.array(fc.oneof(entity, anything))),
  reply_to_message: perhaps(
    fc.record({ message_id: perhaps(fc.nat()), text: perhaps(oddText), from: perhaps(fc.constant(BOT)) }),
  ),
  quote: perhaps(fc.record({ text: perhaps(oddText) })),
  forward_origin: perhaps(fc.record({ sender_user_name: perhaps(oddText), chat: perhaps(fc.constant({ id: -1 })) })),
  photo: perhaps(fc.array(perhaps(fc.record({ file_id: perhaps(oddText), width: perhaps(fc.nat()) })))),
  document: perhaps(
    fc.record({ file_id: perhaps(oddText), file_name: perhaps(oddText), file_size: perhaps(oddNumber) }),
  ),
  sticker: perhaps(fc.record({ file_id: perhaps(oddText), emoji: perhaps(oddText) })),
  poll: perhaps(fc.record({ question: perhaps(oddText), options: perhaps(fc.array(anything)) })),
  location: perhaps(fc.record({ latitude: oddNumber, longitude: oddNumber })),
  rich_message: perhaps(fc.record({ blocks: perhaps(fc.array(anything)) })),
  migrate_to_chat_id: perhaps(fc.integer()),
};

const chat = fc.record(
  {
    id: fc.maxSafeInteger(),
    type: fc.oneof(fc.constantFrom("private", "group", "supergroup"), fc.nat()),
    title: anything,
    first_name: anything,
    is_forum: anything,
  },
  { requiredKeys: ["id"] },
);

const anyMessage = fc.record(
  { message_id: fc.nat(), chat, text: oddText.filter((text) => text !== ""), ...optional },
  { requiredKeys: ["message_id", "chat", "text"] },
);

test("a message with a chat, a number and a text is always heard, whatever else it has", () => {
  fc.assert(
    fc.property(anyMessage, (sent) => {
      const update = read({ message: sent });
      assert.ok(typeof update !== "string" && update.incoming.type === "message", JSON.stringify(update));
      assert.ok(update.incoming.text.isWellFormed() && update.incoming.from.name.isWellFormed());
      assert.doesNotMatch(update.incoming.from.name, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      assert.equal(update.place.chat, sent.chat.id);
      assert.equal(update.incoming.message, sent.message_id);
    }),
    { numRuns: 500 },
  );
});

test("nothing that is sent makes the reading throw", () => {
  const sorts = fc.constantFrom(
    ...["message", "edited_message", "callback_query", "my_chat_member", "stopped_message_generation", "channel_post"],
  );
  const body = fc.oneof(
    anything,
    fc.record(optional),
    fc.record({ chat, message_id: fc.nat(), caption: oddText, ...optional }),
  );
  const member = fc.record({ chat, from: anything, new_chat_member: anything });
  fc.assert(
    fc.property(sorts, fc.oneof(body, member), (sort, sent) => {
      read({ [sort]: sent });
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(anything, (raw) => void readUpdate(raw, BOT, () => undefined)));
});

test("a message that is far too long, or nested far too deep, is heard", () => {
  assert.ok(spoken({ text: "x".repeat(1_000_000) }).text.length < 40_000);
  let text: unknown = "deep";
  for (let depth = 0; depth < 10_000; depth++) text = { type: "bold", text };
  assert.equal(spoken({ rich_message: { blocks: [{ type: "paragraph", text }] } }).text, "");
});
