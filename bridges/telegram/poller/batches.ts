import { buttonKey, openDeed } from "#bridges/telegram/buttons.ts";
import type { Bot } from "#bridges/telegram/incoming/shape.ts";
import { readUpdate, updateNumber } from "#bridges/telegram/incoming/update.ts";
import type { Logger } from "#runtime/mod.ts";
import { DEFAULT_AGENT, parseAddress } from "#subjects/mod.ts";
import { chatAddress, conversationOf } from "#subjects/telegram-chat.ts";
import type { Place } from "#subjects/telegram-update.ts";
import type { AgentUpdate, PollerBrought } from "./brought.ts";
import { newCode } from "./code.ts";

/** What it takes to make batches of what Telegram sends. */
export type BatchPort = {
  readonly options: { readonly token: string };
  readonly logger: Logger;
  /** Whose conversations are whose just now: the agent by the name of one. Shape of a name: `telegram--1004711-t9`. */
  bindings(): Promise<(channel: string) => string>;
};

type Batch = Extract<PollerBrought, { type: "batch" }>;

/** One update of a batch. */
type Part = { readonly number: number; readonly update?: AgentUpdate; readonly unread?: unknown };

/** Most of a batch, which becomes one event. Units: bytes of JSON. */
const MAX_BATCH = 128 * 1024;

/** Most of an update that nobody can read. Units: UTF-16 units of JSON. */
const MAX_UNREAD = 32 * 1024;

/** Reads updates, in order, into batches that one event can hold. */
export async function batchesOf(raws: readonly unknown[], bot: Bot, port: BatchPort): Promise<readonly Batch[]> {
  const key = buttonKey(port.options.token);
  const agentOf = await port.bindings();
  const parts: Part[] = [];
  for (const raw of raws) {
    const number = updateNumber(raw);
    if (number === undefined) {
      port.logger.error({ bytes: JSON.stringify(raw)?.length }, "Telegram sent something that is no update");
      continue;
    }
    const read = readUpdate(raw, bot, (data, chat) => openDeed(data, chat, key));
    if (read === "nothing") parts.push({ number });
    else if (read === "unreadable") parts.push({ number, unread: bounded(raw, number) });
    else parts.push({ number, update: { ...read, agent: agentOf(channelOf(read.place)) } });
  }
  return packed(parts).map(batchOf);
}

function packed(parts: readonly Part[]): readonly (readonly Part[])[] {
  const packs: Part[][] = [];
  let room = 0;
  for (const part of parts) {
    const bytes = Buffer.byteLength(JSON.stringify(part));
    if (bytes > room || packs.length === 0) {
      packs.push([]);
      room = MAX_BATCH;
    }
    packs.at(-1)?.push(part);
    room -= bytes;
  }
  return packs;
}

function batchOf(parts: readonly Part[]): Batch {
  return {
    type: "batch",
    updates: parts.flatMap(({ update }) => update ?? []),
    unread: parts.flatMap(({ unread }) => (unread === undefined ? [] : [unread])),
    numbers: parts.map(({ number }) => number),
    codes: parts.map(newCode),
  };
}

/** The name of a chat's conversation, whichever agent has it. Shape: `telegram--1004711-t9`. */
function channelOf(place: Place): string {
  return parseAddress(conversationOf(chatAddress(DEFAULT_AGENT, place), 1)).id;
}

function bounded(raw: unknown, number: number): unknown {
  const text = JSON.stringify(raw);
  return text.length <= MAX_UNREAD ? raw : { update_id: number, beginning: text.slice(0, MAX_UNREAD).toWellFormed() };
}
