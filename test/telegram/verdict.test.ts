import assert from "node:assert/strict";
import { test } from "node:test";
import { GrammyError, HttpError } from "grammy";
import { type Verdict, verdictOf } from "#bridges/telegram/api/verdict.ts";

function said(error_code: number, description: string, parameters: object = {}): Verdict {
  return verdictOf(new GrammyError("", { ok: false, error_code, description, parameters }, "sendMessage", {}));
}

test("a chat that is closed to the bot is known by what Telegram says, and by which reason", () => {
  const closed: readonly (readonly [number, string, string])[] = [
    [403, "Forbidden: bot was blocked by the user", "telegram-blocked"],
    [403, "Forbidden: user is deactivated", "telegram-deactivated"],
    [403, "Forbidden: bot can't initiate conversation with a user", "telegram-never-written"],
    [403, "Forbidden: bot was kicked from the supergroup chat", "telegram-gone"],
    [400, "Bad Request: chat not found", "telegram-gone"],
    [400, "Bad Request: not enough rights to send text messages to the chat", "telegram-no-rights"],
    [400, "Bad Request: message thread not found", "telegram-topic-gone"],
    [403, "Forbidden: something that nobody has seen yet", "telegram-forbidden"],
  ];
  for (const [code, words, wanted] of closed) {
    assert.deepEqual(said(code, words), { type: "closed", code: wanted, why: words });
  }
});

test("what may have been done is tried again, and Telegram's own pause is kept", () => {
  assert.deepEqual(said(429, "Too Many Requests: retry after 7", { retry_after: 7 }), {
    type: "again",
    afterMs: 7_000,
  });
  assert.deepEqual(said(502, "Bad Gateway"), { type: "again" });
  assert.deepEqual(verdictOf(new HttpError("broken", new Error("reset"))), { type: "again" });
  assert.equal(said(401, "Unauthorized").type, "again");
});

test("what was done before, what is gone, and what is not wanted are told apart", () => {
  assert.deepEqual(said(400, "Bad Request: message is not modified: specified new message content is the same"), {
    type: "done",
  });
  assert.deepEqual(said(400, "Bad Request: message to edit not found"), { type: "missing" });
  const moved = said(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: -100 });
  assert.deepEqual(moved, { type: "moved", to: -100 });
  const refused = said(400, "Bad Request: can't parse entities");
  assert.deepEqual(refused, { type: "refused", why: "Bad Request: can't parse entities" });
  assert.throws(() => verdictOf(new TypeError("a mistake of ours")), TypeError);
});
