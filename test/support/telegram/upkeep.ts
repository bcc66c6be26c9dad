import type { BotCommand, File, ForumTopic, UserFromGetMe, WebhookInfo } from "@grammyjs/types";
import type { Arrival } from "./arrival.ts";
import type { Given } from "./parameters.ts";
import { roomFor } from "./places.ts";
import { openTopic } from "./posts.ts";
import { badRequest, Refusal } from "./refusal.ts";
import { named } from "./sent-files.ts";
import type { World } from "./world.ts";

/** The most that a bot may fetch. Units: bytes. */
const MAX_FILE_BYTES = 20_000_000;

/** Who the bot is. */
export function getMe(world: World): UserFromGetMe {
  return world.settings.bot;
}

/** What has happened. */
export function getUpdates(
  world: World,
  given: Given<"getUpdates">,
  { gone, webhook }: Arrival,
): Promise<readonly unknown[]> {
  if (webhook.url !== undefined) {
    throw new Refusal(
      409,
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  if (given.allowed_updates !== undefined) world.updates.allowed = given.allowed_updates;
  const waitMs = Math.min((given.timeout ?? 0) * 1_000, world.settings.longPollMs);
  return world.updates.take({ offset: given.offset, limit: given.limit ?? 100, waitMs, gone });
}

/** Updates are to be brought. Here an address on the loopback need not be HTTPS. */
export function setWebhook(world: World, given: Given<"setWebhook">, { webhook }: Arrival): true {
  if (given.drop_pending_updates === true) world.updates.drop();
  if (given.allowed_updates !== undefined) world.updates.allowed = given.allowed_updates;
  if (given.url === "") {
    webhook.stop();
    return true;
  }
  if (!URL.canParse(given.url)) throw badRequest("bad webhook: invalid webhook URL specified");
  const { protocol, hostname } = new URL(given.url);
  if (protocol !== "https:" && !["127.0.0.1", "localhost"].includes(hostname)) {
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
  world.updates.endPoll("terminated by setWebhook request");
  webhook.set(given.url, given.secret_token);
  return true;
}

/** Updates are to be fetched. */
export function deleteWebhook(world: World, given: Given<"deleteWebhook">, { webhook }: Arrival): true {
  if (given.drop_pending_updates === true) world.updates.drop();
  webhook.stop();
  return true;
}

/** How it stands with the webhook. */
export function getWebhookInfo(world: World, _given: Given<"getWebhookInfo">, { webhook }: Arrival): WebhookInfo {
  const { allowed } = world.updates;
  const kinds = allowed as NonNullable<WebhookInfo["allowed_updates"]>;
  return { ...webhook.info(), ...(kinds.length === 0 ? {} : { allowed_updates: [...kinds] }) };
}

/** Somebody who pressed a button is told something. */
export function answerCallbackQuery(world: World, given: Given<"answerCallbackQuery">): true {
  const query = world.queries.get(given.callback_query_id);
  if (query === undefined || query.at + world.settings.queryMs < Date.now()) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  world.answers.push({ query: query.id, text: given.text ?? "", alert: given.show_alert ?? false, at: Date.now() });
  return true;
}

/** Where a file can be fetched. */
export function getFile(world: World, { file_id }: Given<"getFile">): File {
  const kept = world.files.get(file_id);
  if (kept === undefined) throw badRequest("invalid file_id");
  if (kept.declaredBytes > MAX_FILE_BYTES) throw badRequest("file is too big");
  return { ...named(kept), file_path: kept.path };
}

/** A topic is opened. */
export function createForumTopic(world: World, given: Given<"createForumTopic">): ForumTopic {
  const room = roomFor(world, given.chat_id);
  const hasTopics = room.chat.type === "private" ? world.settings.bot.has_topics_enabled : room.chat.is_forum === true;
  if (!hasTopics) throw badRequest("the chat is not a forum");
  const thread = openTopic(world, room, { name: given.name, from: world.settings.bot });
  return { message_thread_id: thread, name: given.name, icon_color: 0x6fb9f0 };
}

/** What people are offered when they begin with a slash. */
export function setMyCommands(world: World, given: Given<"setMyCommands">): true {
  world.commands.set(scopeOf(given), given.commands as BotCommand[]);
  return true;
}

/** Nothing of one's own is offered in this scope. */
export function deleteMyCommands(world: World, given: Given<"deleteMyCommands">): true {
  world.commands.delete(scopeOf(given));
  return true;
}

/** What is offered in this scope. */
export function getMyCommands(world: World, given: Given<"getMyCommands">): readonly BotCommand[] {
  return world.commands.get(scopeOf(given)) ?? [];
}

function scopeOf({ scope, language_code }: Given<"getMyCommands">): string {
  const { type, ...of } = scope ?? { type: "default" as const };
  const place = [type, ...Object.values(of)].join("/");
  return language_code === undefined || language_code === "" ? place : `${place}:${language_code}`;
}
