import { setTimeout as delay } from "node:timers/promises";
import { type Api, InputFile } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import { type ApiSignal, type Caller, type ChatCaller, FILE_MS, Refused } from "#bridges/telegram/api/caller.ts";
import { sealDeed } from "#bridges/telegram/buttons.ts";
import { draftOf, type Form, type Part, partsOf, simpler } from "#bridges/telegram/format/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import type { Place } from "#subjects/telegram-update.ts";
import type { ChatBrought } from "./brought.ts";
import { deliverFile } from "./deliver-file.ts";
import type { LiveTexts } from "./live-text.ts";
import type { Shown } from "./state.ts";
import type { ShowStep } from "./steps.ts";

/** What things are shown with. */
export type ShowPort = { readonly caller: Caller; readonly texts: LiveTexts; readonly buttonKey: Buffer };

/** Stands where words will be: what is shown first says nothing, so that its repeat says nothing twice. */
export const PLACEHOLDER = "…";

/** In a group, words are shown anew at most so often. Units: ms. */
const STREAM_MS = 4_000;

/** Does what a thing of the queue wants next; what Telegram does not want is told as an outcome. */
export async function show(step: ShowStep, port: ShowPort, tools: Tools<ChatBrought>): Promise<ChatBrought> {
  const caller: ChatCaller = { place: step.place, calls: step.calls, signal: tools.signal };
  try {
    switch (step.type) {
      case "place":
        return { type: "placed", part: 0, ...(await place(step, port, caller, true)) };
      case "stream":
        return await stream(step, port, caller);
      case "deliver":
        await deliver(step, port, caller, tools);
        return { type: "shown" };
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.verdict.type === "refused") await sayNot(step, port.caller, caller);
    return broughtBy(error);
  }
}

/** No place is left empty, if that can be helped. */
async function sayNot({ place: at, item, type }: ShowStep, caller: Caller, of: ChatCaller): Promise<void> {
  const [message] = item.placed;
  if (type !== "deliver" || message === undefined) return;
  const words = { chat_id: at.chat, message_id: message, text: "(this could not be shown)" };
  await caller.once(of, (api, signal) => api.editMessageText(words, signal), true);
}

function broughtBy({ verdict }: Refused): ChatBrought {
  switch (verdict.type) {
    case "closed":
      return { type: "parked", code: verdict.code, why: verdict.why };
    case "moved":
      return verdict;
    case "missing":
      return { type: "dropped", code: "telegram-missing", why: "the message that showed it is not there any more" };
    case "refused":
      return { type: "dropped", code: "telegram-refused", why: verdict.why };
  }
}

/** Where in a chat something is shown. */
export function threadOf({ topic }: Place): { message_thread_id?: number } {
  return topic === undefined ? {} : { message_thread_id: topic };
}

type PlacedAt = { readonly message: number; readonly orphaned?: true };

/** A message that has no words yet. Where its answer is lost, another one is placed, and the first stays empty. */
async function place(
  { place: at, item }: ShowStep,
  { caller }: ShowPort,
  of: ChatCaller,
  isFirst: boolean,
): Promise<PlacedAt> {
  const to = isFirst && item.out.type === "words" ? item.out.to : undefined;
  const reply = to === undefined ? {} : { reply_parameters: { message_id: to, allow_sending_without_reply: true } };
  const sent = await caller.sends(of, (api, signal) =>
    api.sendMessage({ chat_id: at.chat, text: PLACEHOLDER, ...threadOf(at), ...reply }, signal),
  );
  const isOrphaned = to !== undefined && sent.reply_to_message === undefined;
  return { message: sent.message_id, ...(isOrphaned ? { orphaned: true } : {}) };
}

/** Shows words as they come until they are there whole. */
async function stream(
  { place: at, conversation, item }: ShowStep,
  { caller, texts }: ShowPort,
  of: ChatCaller,
): Promise<never> {
  const text = texts.open(conversation);
  try {
    let form: Form | undefined = "rich";
    for (let shown = ""; ; ) {
      while (form === undefined || text.text === shown || text.text.trim() === "") await text.changed(of.signal);
      if (caller.hasRoom(at)) {
        shown = text.text;
        const part = draftOf(shown, form);
        const said = await caller.once(
          of,
          (api, signal) => edit(api, at, item.placed[0] ?? 0, part, undefined, signal),
          true,
        );
        if (said !== true && "type" in said && said.type === "refused") form = simpler(form);
      }
      await delay(STREAM_MS, undefined, { signal: of.signal });
    }
  } finally {
    texts.close(conversation);
  }
}

/** Shows all of something: each part in its own message, the first one being there already. */
async function deliver(step: ShowStep, port: ShowPort, of: ChatCaller, tools: Tools<ChatBrought>): Promise<void> {
  const { out } = step.item;
  if (out.type === "file") return await deliverFile(step, out, port, of, tools);
  const text = out.type === "words" ? out.text : (step.notice?.text ?? "");
  const placed = [...step.item.placed];
  for (let form: Form | undefined = "rich"; form !== undefined; form = simpler(form)) {
    try {
      return await deliverParts(partsOf(text, form), placed, step, port, of, tools);
    } catch (error) {
      if (!(error instanceof Refused) || error.verdict.type !== "refused" || simpler(form) === undefined) throw error;
    }
  }
}

async function deliverParts(
  parts: readonly Part[],
  placed: number[],
  step: ShowStep,
  port: ShowPort,
  of: ChatCaller,
  { emit }: Tools<ChatBrought>,
): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const keyboard = index === parts.length - 1 ? keyboardOf(step.notice, step.place, port.buttonKey) : undefined;
    const put = async (): Promise<void> => {
      const at = await place(step, port, of, false);
      placed[index] = at.message;
      await emit({ type: "placed", part: index, ...at });
    };
    if (placed[index] === undefined) await put();
    const change = (): Promise<void> => {
      const message = placed[index] ?? 0;
      const limitMs = part.type === "document" ? FILE_MS : undefined;
      return port.caller.changes(of, (api, signal) => edit(api, step.place, message, part, keyboard, signal), limitMs);
    };
    try {
      await change();
    } catch (error) {
      if (!(error instanceof Refused) || error.verdict.type !== "missing") throw error;
      // Somebody has taken it away: it is shown anew.
      await put();
      await change();
    }
  }
  for (const message of placed.splice(parts.length)) {
    const gone = { chat_id: step.place.chat, message_id: message };
    await port.caller.once(of, (api, signal) => api.deleteMessage(gone, signal), false);
  }
}

function edit(
  api: Api["raw"],
  { chat }: Place,
  message: number,
  part: Part,
  keyboard: InlineKeyboardMarkup | undefined,
  signal: ApiSignal,
): Promise<true | object> {
  const to = { chat_id: chat, message_id: message, ...(keyboard === undefined ? {} : { reply_markup: keyboard }) };
  switch (part.type) {
    case "rich":
      return api.editMessageText({ ...to, rich_message: { markdown: part.markdown } }, signal);
    case "text":
      return api.editMessageText(
        {
          ...to,
          text: part.text,
          link_preview_options: { is_disabled: true },
          ...(part.entities === undefined ? {} : { entities: [...part.entities] }),
        },
        signal,
      );
    case "document": {
      const media = new InputFile(Buffer.from(part.content), part.name);
      return api.editMessageMedia({ ...to, media: { type: "document", media, caption: part.caption } }, signal);
    }
  }
}

/** Buttons carry what they stand for, sealed; those of what was decided are gone with it. */
function keyboardOf(notice: Shown | undefined, { chat }: Place, key: Buffer): InlineKeyboardMarkup | undefined {
  if (notice === undefined || notice.buttons.length === 0) return undefined;
  const until = notice.until ?? Date.now() + WEEK_MS;
  const buttons = notice.buttons.map(({ label, verb, ref }) => ({
    text: label,
    callback_data: sealDeed({ verb, ref, until }, chat, key),
  }));
  const rows = Math.ceil(buttons.length / 2);
  return { inline_keyboard: Array.from({ length: rows }, (_, row) => buttons.slice(row * 2, row * 2 + 2)) };
}

const WEEK_MS = 7 * 24 * 60 * 60_000;
