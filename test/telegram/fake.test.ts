import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { apiOf, refuses, startedFake as started } from "#support/telegram/fake-bed.ts";

const ADA = 4711;
const GROUP = -1_001_234;

test("the bot says who it is, and a wrong token is refused", async () => {
  await using bed = await started();
  const me = await bed.api.getMe();
  assert.equal(me.username, "our_bot");
  assert.equal(me.is_bot, true);
  assert.equal(`${me.id}`, bed.fake.token.split(":")[0]);
  await refuses(apiOf(bed.fake, "1:wrong").getMe(), 401, "Unauthorized");
});

test("an unknown method and an unknown parameter are refused and are mistakes of the bot", async () => {
  await using bed = await started();
  bed.fake.says(ADA, ADA, "hi");
  await refuses(bed.api.raw.close(), 404, "Not Found: method not found");
  const other = { disable_notification: true, colour: "red" };
  await refuses(bed.api.sendMessage(ADA, "x", other), 400, /unknown parameter colour/);
  assert.equal(bed.fake.violations.length, 2);
});

test("updates come in order, again until they are confirmed, and a negative offset keeps the last", async () => {
  await using bed = await started();
  for (const text of ["one", "two", "three"]) bed.fake.says(ADA, ADA, text);
  const first = await bed.api.getUpdates({ limit: 2 });
  assert.deepEqual(
    first.map((update) => update.message?.text),
    ["one", "two"],
  );
  assert.deepEqual((await bed.api.getUpdates({ limit: 2 })).length, 2);
  const next = await bed.api.getUpdates({ offset: (first[1]?.update_id ?? 0) + 1 });
  assert.deepEqual(
    next.map((update) => update.message?.text),
    ["three"],
  );
  bed.fake.says(ADA, ADA, "four");
  assert.deepEqual(
    (await bed.api.getUpdates({ offset: -1 })).map((update) => update.message?.text),
    ["four"],
  );
  assert.equal(bed.fake.pending, 1);
});

test("a long poll is answered as soon as something happens, or when its time is up", async () => {
  await using bed = await started({ limits: "none", longPollMs: 60 });
  assert.deepEqual(await bed.api.getUpdates({ timeout: 30 }), []);
  await using other = await started({ limits: "none", longPollMs: 5_000 });
  const poll = other.api.getUpdates({ timeout: 30 });
  await other.fake.until((fake) => fake.calls.length === 1, "the poll is there");
  other.fake.says(ADA, ADA, "now");
  assert.equal((await poll)[0]?.message?.text, "now");
});

test("kinds that were not asked for do not come", async () => {
  await using bed = await started();
  await bed.api.getUpdates({ allowed_updates: ["callback_query"] });
  bed.fake.says(ADA, ADA, "unheard");
  assert.equal(bed.fake.pending, 0);
});

test("a second poller ends the first with 409", async () => {
  await using bed = await started();
  const first = bed.api.getUpdates({ timeout: 30 });
  const ended = refuses(first, 409, /^Conflict: terminated by other getUpdates request/);
  await bed.fake.until((fake) => fake.calls.length === 1, "the first poll is there");
  const second = bed.api.getUpdates({ timeout: 30 });
  await ended;
  bed.fake.says(ADA, ADA, "to the second");
  assert.equal((await second).length, 1);
});

test("an update that is no update comes as it is, and one with an old number comes once", async () => {
  await using bed = await started();
  const { fake } = bed;
  const id = fake.pushes({ message: 7 });
  await bed.api.getUpdates({ offset: id + 1 });
  fake.pushes({ update_id: id, message: "again" });
  fake.pushes("nonsense");
  const seen: unknown[] = await bed.api.getUpdates({ offset: id + 1 });
  assert.deepEqual(seen, [{ update_id: id, message: "again" }, "nonsense"]);
  assert.deepEqual(await bed.api.getUpdates({ offset: id + 1 }), ["nonsense"]);
});

test("a webhook is brought updates with its secret, again until it takes them, and polling is refused", async () => {
  await using bed = await started({ limits: "none", webhookRetryMs: 5 });
  const seen: { secret: unknown; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString();
    seen.push({ secret: request.headers["x-telegram-bot-api-secret-token"], body });
    response.writeHead(seen.length < 3 ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  await refuses(bed.api.setWebhook("http://example.org/hook"), 400, /An HTTPS URL must be provided/);
  bed.fake.says(ADA, ADA, "dropped");
  await bed.api.setWebhook(url, { secret_token: "s3cret", drop_pending_updates: true });
  bed.fake.says(ADA, ADA, "brought");
  await bed.fake.until((fake) => fake.pending === 0, "the update was taken");
  assert.equal(seen.length, 3);
  assert.equal(seen[0]?.secret, "s3cret");
  assert.equal(JSON.parse(seen[2]?.body ?? "").message.text, "brought");
  assert.match((await bed.api.getWebhookInfo()).last_error_message ?? "", /500/);
  await refuses(bed.api.getUpdates(), 409, /can't use getUpdates method while webhook is active/);
  await bed.api.deleteWebhook();
  assert.deepEqual(await bed.api.getUpdates(), []);
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

test("words that people write get the marks that Telegram gives them", async () => {
  await using bed = await started();
  const said = bed.fake.says(
    GROUP,
    { id: ADA, first_name: "Ada" },
    "/task@our_bot see @ada_l and https://example.org/x. #now",
  );
  assert.deepEqual(
    said.entities?.map(({ type, offset, length }) => [type, said.text?.slice(offset, offset + length)]),
    [
      ["bot_command", "/task@our_bot"],
      ["mention", "@ada_l"],
      ["url", "https://example.org/x"],
      ["hashtag", "#now"],
    ],
  );
});

test("a message is seen as it was sent, with what it answers, its buttons and its edits", async () => {
  await using bed = await started();
  const { fake, api } = bed;
  const asked = fake.says(ADA, ADA, "hello");
  const button = { text: "Yes", callback_data: "y" };
  const sent = await api.sendMessage(ADA, " hi there ", {
    entities: [{ type: "bold", offset: 1, length: 2 }],
    reply_parameters: { message_id: asked.message_id },
    reply_markup: { inline_keyboard: [[button]] },
  });
  assert.equal(sent.message_id, asked.message_id + 1);
  const [, seen] = fake.chat(ADA).messages;
  assert.equal(seen?.text, "hi there");
  assert.deepEqual(seen?.entities, [{ type: "bold", offset: 0, length: 2 }]);
  assert.equal(seen?.reply_to, asked.message_id);
  assert.deepEqual(seen?.buttons, [{ text: "Yes", data: "y" }]);
  await api.editMessageText(ADA, sent.message_id, "bye");
  assert.partialDeepStrictEqual(fake.shown(ADA), [{ text: "bye", edits: 1, buttons: [] }]);
  await refuses(api.editMessageText(ADA, sent.message_id, "bye"), 400, /^Bad Request: message is not modified: /);
  await refuses(api.editMessageText(ADA, 9_999, "x"), 400, "Bad Request: message to edit not found");
  await refuses(api.editMessageText(ADA, asked.message_id, "x"), 400, "Bad Request: message can't be edited");
  await api.deleteMessage(ADA, sent.message_id);
  await refuses(api.deleteMessage(ADA, sent.message_id), 400, "Bad Request: message to delete not found");
  assert.deepEqual(fake.shown(ADA), []);
  assert.deepEqual(fake.violations, []);
});

test("words are bounded and whole, and marks fit them", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.says(ADA, ADA, "hi");
  const marked = (text: string, ...entities: [type: "bold" | "code" | "italic", offset: number, length: number][]) =>
    api.sendMessage(ADA, text, { entities: entities.map(([type, offset, length]) => ({ type, offset, length })) });
  await api.sendMessage(ADA, "x".repeat(4_096));
  await refuses(api.sendMessage(ADA, "x".repeat(4_097)), 400, "Bad Request: message is too long");
  await refuses(api.sendMessage(ADA, " \n"), 400, "Bad Request: message text is empty");
  await refuses(api.sendMessage(ADA, "\ud83d"), 400, "Bad Request: strings must be encoded in UTF-8");
  await refuses(marked("abc", ["bold", 4, 1]), 400, /begins after the end of the text at UTF-16 offset 4/);
  await refuses(
    marked("abc", ["bold", 1, 3]),
    400,
    /at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 4/,
  );
  await refuses(marked("abc", ["bold", -1, 1]), 400, "Bad Request: receive an entity with incorrect offset -1");
  await refuses(marked("abc", ["bold", 0, 0]), 400, "Bad Request: receive an entity with incorrect length 0");
  await refuses(marked("😀x", ["bold", 1, 1]), 400, /begins in a middle of a UTF-16 symbol at byte offset 4/);
  await refuses(
    marked("😀x", ["bold", 0, 1]),
    400,
    /at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4/,
  );
  await refuses(marked("abcd", ["bold", 0, 2], ["italic", 1, 2]), 400, /entities cross/);
  await refuses(marked("abcd", ["bold", 0, 4], ["code", 1, 2]), 400, /code is nested/);
  await marked("abcd", ["bold", 0, 4], ["italic", 1, 2]);
  assert.equal(fake.violations.length, 11);
});

test("buttons hold 64 bytes, and a pressed one is answered in time", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.says(ADA, ADA, "hi");
  const keys = (data: string) => ({ reply_markup: { inline_keyboard: [[{ text: "A", callback_data: data }]] } });
  await refuses(api.sendMessage(ADA, "x", keys("é".repeat(33))), 400, "Bad Request: BUTTON_DATA_INVALID");
  const { message_id } = await api.sendMessage(ADA, "x", keys("é".repeat(32)));
  assert.throws(() => fake.presses(ADA, ADA, message_id, "other"), /has no button for other/);
  const query = fake.presses(ADA, ADA, message_id, "é".repeat(32));
  const updates = await api.getUpdates({ offset: -1 });
  assert.equal(updates[0]?.callback_query?.id, query);
  assert.equal(updates[0]?.callback_query?.message?.message_id, message_id);
  await api.answerCallbackQuery(query, { text: "done" });
  assert.partialDeepStrictEqual(fake.answers, [{ query, text: "done", alert: false }]);
  fake.expires(query);
  await refuses(api.answerCallbackQuery(query), 400, /^Bad Request: query is too old and response timeout expired/);
  await refuses(api.answerCallbackQuery("7", { text: "x".repeat(201) }), 400, /MESSAGE_TOO_LONG/);
  fake.presses(ADA, ADA, message_id, "forged", { forged: true });
});

test("rich messages are read and bounded, and may be refused altogether", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.says(ADA, ADA, "hi");
  const rich = (markdown: string) => api.raw.sendRichMessage({ chat_id: ADA, rich_message: { markdown } });
  const sent = await rich("# Head\n\nsome **bold**\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |");
  const blocks = sent.rich_message.blocks ?? [];
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ["heading", "paragraph", "list", "table"],
  );
  assert.equal(fake.shown(ADA)[0]?.text, "Head\n\nsome bold\n\n- a\n- b\n\nx | y\n1 | 2");
  await refuses(rich("x".repeat(32_769)), 400, /rich message is too long/);
  await refuses(rich("- a\n".repeat(260)), 400, /too many blocks/);
  const both = { markdown: "a", html: "b" };
  await refuses(api.raw.sendRichMessage({ chat_id: ADA, rich_message: both }), 400, /exactly one of the fields/);
  const edit = { chat_id: ADA, message_id: sent.message_id };
  await api.raw.editMessageText({ ...edit, rich_message: { markdown: "*new*" } });
  await refuses(api.raw.editMessageText({ ...edit, rich_message: { markdown: "*new*" } }), 400, /not modified/);
  assert.partialDeepStrictEqual(fake.shown(ADA), [{ text: "new", markdown: "*new*", edits: 1 }]);
  await using poor = await started({ limits: "none", rich: false });
  poor.fake.says(ADA, ADA, "hi");
  const plain = poor.api.raw.sendRichMessage({ chat_id: ADA, rich_message: { markdown: "x" } });
  await refuses(plain, 400, /rich messages are not supported/);
  assert.deepEqual(poor.fake.violations, []);
});

test("a draft is seen until its message comes, can be stopped, and is for private chats alone", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.says(ADA, ADA, "hi");
  fake.says(GROUP, ADA, "hi");
  const draft = { chat_id: ADA, draft_id: 5, can_stop: true };
  await api.raw.sendMessageDraft({ ...draft, text: "I th" });
  await api.raw.sendRichMessageDraft({ ...draft, rich_message: { markdown: "I **think**" } });
  assert.partialDeepStrictEqual(fake.chat(ADA).drafts, [{ text: "I think", changes: 2 }]);
  fake.stopsDraft(ADA);
  assert.deepEqual(fake.chat(ADA).drafts, []);
  assert.equal((await api.getUpdates({ offset: -1 }))[0]?.stopped_message_generation?.draft_id, 5);
  await api.raw.sendMessageDraft({ ...draft, text: "again" });
  await api.sendMessage(ADA, "I think so");
  assert.deepEqual(fake.chat(ADA).drafts, []);
  await refuses(api.raw.sendMessageDraft({ ...draft, draft_id: 0 }), 400, /draft_id must be non-zero/);
  await refuses(api.raw.sendMessageDraft({ ...draft, chat_id: GROUP }), 400, "Bad Request: TEXTDRAFT_PEER_INVALID");
});

test("chats that are closed to the bot say how", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  await refuses(api.sendMessage(ADA, "x"), 403, "Forbidden: bot can't initiate conversation with a user");
  await refuses(api.sendMessage(GROUP, "x"), 400, "Bad Request: chat not found");
  fake.says(ADA, ADA, "hi");
  fake.membership(ADA, ADA, "kicked");
  assert.equal((await api.getUpdates({ offset: -1 }))[0]?.my_chat_member?.new_chat_member.status, "kicked");
  await refuses(api.sendMessage(ADA, "x"), 403, "Forbidden: bot was blocked by the user");
  fake.says(ADA, ADA, "back");
  await api.sendMessage(ADA, "x");
  fake.group({ id: -5, type: "group" });
  fake.membership(-5, ADA, "kicked");
  await refuses(api.sendMessage(-5, "x"), 403, "Forbidden: bot was kicked from the group chat");
  fake.group({ id: -6, type: "group" });
  fake.migrates(-6, -1_006);
  await refuses(api.sendMessage(-6, "x"), 400, /group chat was upgraded to a supergroup chat/);
  await api.sendMessage(-1_006, "x");
});

test("what is said in a topic answers the message that opened it, and a topic that is gone is not written to", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  const said = fake.says(GROUP, ADA, "in nine", { thread: 9 });
  assert.equal(said.reply_to_message?.message_id, 9);
  assert.equal(said.is_topic_message, true);
  await api.sendMessage(GROUP, "here", { message_thread_id: 9 });
  await refuses(api.sendMessage(GROUP, "x", { message_thread_id: 8 }), 400, "Bad Request: message thread not found");
  await refuses(api.sendMessage(GROUP, "x", { message_thread_id: 1 }), 400, "Bad Request: message thread not found");
  await api.sendChatAction(GROUP, "typing", { message_thread_id: 1 });
  assert.partialDeepStrictEqual(fake.shown(GROUP, 9), [{ text: "here", thread: 9 }]);
  const { message_thread_id } = await api.createForumTopic(GROUP, "A job");
  await api.sendMessage(GROUP, "there", { message_thread_id });
  fake.deletesTopic(GROUP, 9);
  await refuses(api.sendMessage(GROUP, "x", { message_thread_id: 9 }), 400, "Bad Request: message thread not found");
  fake.says(ADA, ADA, "hi");
  await refuses(api.createForumTopic(ADA, "x"), 400, /not a forum/);
});

test("an answer to a message that is gone needs leave", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  const { message_id } = fake.says(ADA, ADA, "hi");
  fake.deletes(ADA, message_id);
  const lost = { reply_parameters: { message_id } };
  await refuses(api.sendMessage(ADA, "x", lost), 400, "Bad Request: message to be replied not found");
  const leave = { message_id, allow_sending_without_reply: true };
  assert.equal((await api.sendMessage(ADA, "x", { reply_parameters: leave })).reply_to_message, undefined);
});

test("commands are kept by scope and language, and their names are bounded", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  const list = [{ command: "task", description: "Give work" }];
  await api.setMyCommands(list, { scope: { type: "all_private_chats" }, language_code: "de" });
  await api.setMyCommands(list, { scope: { type: "chat", chat_id: GROUP } });
  assert.deepEqual([...fake.commands.keys()], ["all_private_chats:de", `chat/${GROUP}`]);
  assert.deepEqual(await api.getMyCommands({ scope: { type: "chat", chat_id: GROUP } }), list);
  await refuses(api.setMyCommands([{ command: "Task", description: "x" }]), 400, "Bad Request: BOT_COMMAND_INVALID");
  await refuses(api.setMyCommands(Array(101).fill(list[0])), 400, "Bad Request: BOT_COMMANDS_TOO_MUCH");
  await refuses(api.setMyCommands([{ command: "a", description: "x".repeat(257) }]), 400, /DESCRIPTION_INVALID/);
});

test("a bot with privacy hears in groups what is meant for it alone", async () => {
  await using bed = await started({ limits: "none", bot: { can_read_all_group_messages: false } });
  const { api, fake } = bed;
  fake.says(GROUP, ADA, "among ourselves");
  fake.says(GROUP, ADA, "@our_bot hello");
  const ours = await api.sendMessage(GROUP, "yes?");
  fake.says(GROUP, ADA, "an answer", { replyTo: ours.message_id });
  const said = fake.says(GROUP, ADA, "/status");
  fake.edits(GROUP, said.message_id, "/jobs");
  const heard = (await api.getUpdates()).map((update) => (update.message ?? update.edited_message)?.text);
  assert.deepEqual(heard, ["@our_bot hello", "an answer", "/status", "/jobs"]);
});

test("a reaction is one of those that there are", async () => {
  await using bed = await started();
  const { message_id } = bed.fake.says(ADA, ADA, "hi");
  await bed.api.setMessageReaction(ADA, message_id, [{ type: "emoji", emoji: "👀" }]);
  assert.equal(bed.fake.chat(ADA).messages[0]?.reaction, "👀");
  const odd = JSON.parse('[{ "type": "emoji", "emoji": "🐙" }]');
  await refuses(bed.api.setMessageReaction(ADA, message_id, odd), 400, "Bad Request: REACTION_INVALID");
});
