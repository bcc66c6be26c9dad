import { GrammyError, HttpError } from "grammy";

/** What a failed call means for what was to be done. Units: ms. */
export type Verdict =
  /** The same call again, after a pause: whether it was carried out nobody knows. */
  | { readonly type: "again"; readonly afterMs?: number }
  /** The chat is closed to the bot. */
  | { readonly type: "closed"; readonly code: string; readonly why: string }
  /** The message is not there any more. */
  | { readonly type: "missing" }
  /** It was done before. */
  | { readonly type: "done" }
  | { readonly type: "moved"; readonly to: number }
  /** Not in this form. */
  | { readonly type: "refused"; readonly why: string };

/** Beginnings and parts of what Telegram says where a bot may not write. */
const CLOSED: readonly { readonly said: RegExp; readonly code: string }[] = [
  { said: /blocked by the user/i, code: "telegram-blocked" },
  { said: /user is deactivated/i, code: "telegram-deactivated" },
  { said: /can't initiate conversation/i, code: "telegram-never-written" },
  { said: /kicked|not a member|chat not found|group chat was deactivated|chat was deleted/i, code: "telegram-gone" },
  {
    said: /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|TOPIC_CLOSED/i,
    code: "telegram-no-rights",
  },
  { said: /message thread not found|TOPIC_DELETED/i, code: "telegram-topic-gone" },
];

const MISSING = /message to (?:edit|delete) not found|message can't be edited|MESSAGE_ID_INVALID/i;

/** A server of the Bot API that is older than this bridge. */
const NO_METHOD = /method not found/i;

const UNCHANGED = /message is not modified/i;

/** Reads why a call failed. What is no answer of Telegram, nor the lack of one, is thrown on. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof HttpError) return { type: "again" };
  if (!(error instanceof GrammyError)) throw error;
  const { error_code: code, description, parameters } = error;
  if (code === 429) return { type: "again", afterMs: (parameters.retry_after ?? 1) * 1_000 };
  // A server that gave up may have done it all the same.
  if (code >= 500) return { type: "again" };
  // The poller tells of it; somebody may mend it.
  if (code === 401 || (code === 404 && !NO_METHOD.test(description))) return { type: "again", afterMs: 5_000 };
  if (parameters.migrate_to_chat_id !== undefined) return { type: "moved", to: parameters.migrate_to_chat_id };
  if (UNCHANGED.test(description)) return { type: "done" };
  if (MISSING.test(description)) return { type: "missing" };
  const closed = CLOSED.find(({ said }) => said.test(description));
  if (closed !== undefined) return { type: "closed", code: closed.code, why: description };
  if (code === 403) return { type: "closed", code: "telegram-forbidden", why: description };
  return { type: "refused", why: description };
}
