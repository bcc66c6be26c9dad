import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "#bridges/telegram/api/caller.ts";
import type { Verdict } from "#bridges/telegram/api/verdict.ts";
import { draftOf, type Form, simpler } from "#bridges/telegram/format/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import type { Place } from "#subjects/telegram-update.ts";
import type { ChatBrought } from "./brought.ts";
import type { LiveText, LiveTexts } from "./live-text.ts";
import { threadOf } from "./show.ts";
import type { AttendStep } from "./steps.ts";

/** Telegram shows for 5 s that somebody types. Units: ms. */
const TYPING_MS = 4_500;

/** In a group words are shown as they come where the answer takes longer than this, as each change counts there. Units: ms. */
const SLOW_MS = 2_500;

/** What whoever attends to a chat works with. */
export type AttendPort = { readonly caller: Caller; readonly texts: LiveTexts; readonly show: "all" | "final" };

/**
 * Shows that somebody is at work, and to a person the words as they come; ends only when nobody waits any more. Nothing of
 * it is counted on: a draft fades by itself.
 */
export async function attend(step: AttendStep, port: AttendPort, tools: Tools<ChatBrought>): Promise<never> {
  const { texts, show } = port;
  const ended = new AbortController();
  const signal = AbortSignal.any([tools.signal, ended.signal]);
  const text = texts.open(step.conversation);
  try {
    const words = wordsAfter(text);
    const shows = () =>
      step.place.kind === "private" ? draft(step, port, words, signal) : speak(words, tools.emit, signal);
    await Promise.all([type(step, port, signal), show === "final" ? undefined : shows(), nobodyWaits(signal)]);
    throw new Error("nobody waits any more");
  } finally {
    ended.abort();
    texts.close(step.conversation);
  }
}

/** Words as they come. Throws: AbortError. */
type Words = { readonly now: () => string; readonly changed: (signal: AbortSignal) => Promise<void> };

/** The words that come from now on: what is there already was said to somebody else. */
function wordsAfter(text: LiveText): Words {
  const before = text.text === "" ? undefined : text.source;
  return {
    now: () => (text.source === before ? "" : text.text),
    changed: (signal) => text.changed(signal),
  };
}

function nobodyWaits(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function type({ place }: AttendStep, { caller }: AttendPort, signal: AbortSignal): Promise<void> {
  while (true) {
    const action = { chat_id: place.chat, action: "typing", ...threadOf(place) } as const;
    const said = await caller.once({ place, signal }, (api, until) => api.sendChatAction(action, until), false);
    if (said !== true && said.type !== "again") return;
    const pauseMs = said === true ? 0 : (said.afterMs ?? 0);
    await delay(Math.max(TYPING_MS, pauseMs), undefined, { signal });
  }
}

/** In a group the chat is asked to show words as they come, once, where there are some and it takes a while. */
async function speak(words: Words, emit: Tools<ChatBrought>["emit"], signal: AbortSignal): Promise<void> {
  await delay(SLOW_MS, undefined, { signal });
  while (words.now().trim() === "") await words.changed(signal);
  await emit({ type: "speaking" });
}

async function draft(
  { place, open }: AttendStep,
  { caller }: AttendPort,
  words: Words,
  signal: AbortSignal,
): Promise<void> {
  let form: Form | undefined = "rich";
  let shown = "";
  while (form !== undefined) {
    while (words.now() === shown || words.now().trim() === "") await words.changed(signal);
    shown = words.now();
    const said: true | Verdict = await drafted(caller, { place, id: open.message, signal }, shown, form);
    if (said === true) continue;
    if (said.type === "refused") form = simpler(form);
    else if (said.type === "again") await delay(said.afterMs ?? 0, undefined, { signal });
    else return;
  }
}

function drafted(
  caller: Caller,
  { place, id, signal }: { readonly place: Place; readonly id: number; readonly signal: AbortSignal },
  words: string,
  form: Form,
): Promise<true | Verdict> {
  const part = draftOf(words, form);
  const to = { chat_id: place.chat, draft_id: Math.max(1, id), can_stop: true, ...threadOf(place) };
  return caller.drafts({ place, signal }, (api, until) =>
    part.type === "rich"
      ? api.sendRichMessageDraft({ ...to, rich_message: { markdown: part.markdown } }, until)
      : api.sendMessageDraft(
          { ...to, text: part.text, ...(part.entities ? { entities: [...part.entities] } : {}) },
          until,
        ),
  );
}
