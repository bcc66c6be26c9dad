import type { Address } from "#subjects/address.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import type { Look } from "#subjects/telegram-shown.ts";
import type { Admitted, Place } from "#subjects/telegram-update.ts";
import { nextFetch } from "./coming.ts";
import { headOf, isOpen } from "./queue.ts";
import type { ChatState, Item, Open, Pressed, Shown } from "./state.ts";

/** Files of messages are fetched. */
export type FetchStep = { readonly type: "fetch"; readonly endless: true; readonly messages: readonly Admitted[] };

/** Something is looked up. */
export type LookStep = { readonly type: "look"; readonly look: Look; readonly state: ChatState };

/** A press is answered. */
export type AnswerStep = { readonly type: "answer"; readonly press: Pressed };

/** Whoever waits sees that somebody is at work, and the words as they come. */
export type AttendStep = {
  readonly type: "attend";
  readonly endless: true;
  readonly place: Place;
  readonly conversation: Address;
  readonly open: Open;
};

/** One thing of the queue: a place for it, its words as they come, or all of it. `calls` are counted ones of late. */
export type ShowStep = {
  readonly type: "place" | "stream" | "deliver";
  readonly endless: true;
  readonly place: Place;
  readonly conversation: Address;
  readonly item: Item;
  readonly notice: Shown | undefined;
  readonly calls: readonly number[];
};

/** What a chat may want done. */
export type ChatStep = FetchStep | LookStep | AnswerStep | AttendStep | ShowStep;

/**
 * What should be running: presses are answered at once, lookups come side by side, files one message after the other, and of what is to be shown
 * one thing at a time, in order. What is shown first gets a place, and then its words: a call whose answer was lost is
 * repeated, and must not say them twice.
 */
export function chatSteps(state: ChatState): Readonly<Record<string, ChatStep>> {
  const { looks, presses, queue, open, place } = state;
  const wanted: Record<string, ChatStep> = {};
  const fetch = nextFetch(state);
  if (fetch !== undefined) wanted[fetch[0]] = { type: "fetch", endless: true, messages: fetch[1] };
  for (const [key, look] of Object.entries(looks)) wanted[key] = { type: "look", look, state };
  for (const press of presses) wanted[`answer-${press.query}`] = { type: "answer", press };
  const first = open[0];
  const conversation = conversationOf(state.address, state.start);
  if (first !== undefined) {
    wanted[`attend-${first.ref}`] = { type: "attend", endless: true, place, conversation, open: first };
  }
  const head = headOf(queue);
  if (head !== undefined) Object.assign(wanted, showing(state, head, conversation));
  return wanted;
}

function showing(state: ChatState, head: Item, conversation: Address): Readonly<Record<string, ShowStep>> {
  const { out } = head;
  const notice = out.type === "notice" ? state.notices[out.ref] : undefined;
  const placed = notice === undefined ? head.placed : notice.messages;
  const item = { ...head, placed };
  const type = placed.length === 0 ? "place" : isOpen(head) ? "stream" : "deliver";
  const { place, calls } = state;
  return { [`${type}-${head.n}`]: { type, endless: true, place, conversation, item, notice, calls } };
}
