import type { Api } from "grammy";
import { timed } from "#bridges/telegram/api/caller.ts";
import { verdictOf } from "#bridges/telegram/api/verdict.ts";
import type { Tools } from "#runtime/mod.ts";
import { type AttendPort, attend } from "./attend.ts";
import type { ChatBrought } from "./brought.ts";
import { type FetchPort, fetchFiles } from "./fetch.ts";
import { type LookPort, look } from "./look.ts";
import { type ShowPort, show } from "./show.ts";
import type { AnswerStep, ChatStep } from "./steps.ts";

/** What a chat does its work with. */
export type ChatPort = AttendPort & ShowPort & FetchPort & LookPort;

/** Does what a chat wants: the only part of it that does anything. */
export function performChat(step: ChatStep, port: ChatPort, tools: Tools<ChatBrought>): Promise<ChatBrought> {
  switch (step.type) {
    case "fetch":
      return fetchFiles(step.messages, port, tools);
    case "look":
      return look(step, port, tools.signal);
    case "answer":
      return answer(step, port.api, tools.signal);
    case "attend":
      return attend(step, port, tools);
    default:
      return show(step, port, tools);
  }
}

/** Longest answer to a press. Source: https://core.telegram.org/bots/api#answercallbackquery. Units: UTF-16 units. */
const MAX_ANSWER = 200;

/** Answers a press once: it waits for a few seconds only. */
async function answer({ press: { query, text } }: AnswerStep, api: Api, signal: AbortSignal): Promise<ChatBrought> {
  const said = text === "" ? {} : { text: text.slice(0, MAX_ANSWER).toWellFormed() };
  try {
    await api.raw.answerCallbackQuery({ callback_query_id: query, ...said }, timed(signal));
  } catch (error) {
    signal.throwIfAborted();
    verdictOf(error);
  }
  return { type: "answered" };
}
