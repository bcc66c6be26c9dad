import type { Api, Bot } from "grammy";
import { timed } from "#bridges/telegram/api/caller.ts";
import { updateNumber, WANTED_UPDATES } from "#bridges/telegram/incoming/update.ts";
import type { Tools } from "#runtime/mod.ts";
import { type BatchPort, batchesOf } from "./batches.ts";
import type { PollerBrought } from "./brought.ts";
import type { Line } from "./line.ts";
import { isConflict } from "./trouble.ts";

/** What it takes to take updates in. */
export type Door = BatchPort & {
  readonly api: Api;
  readonly bot: Bot["botInfo"];
  readonly line: Line;
  readonly emit: Tools<PollerBrought>["emit"];
};

/**
 * How long Telegram holds an empty answer back; shorter after a failure, to learn whether it is over, and not so short
 * after a conflict that the other program would not be met. Units: seconds.
 */
const HOLD = { usual: 50, wary: 0, conflict: 5 } as const;

/** An answer may come so much later than it is held back. Units: ms. */
const GRACE_MS = 15_000;

/** Asks for updates for ever. They are confirmed to Telegram by the next question, after all of them were handed on. */
export async function poll(door: Door): Promise<never> {
  const { line } = door;
  await line.ride(() => clearWebhook(door));
  for (let offset: number | undefined; ; ) {
    offset = await line.ride(async (last) => {
      if (isConflict(last)) await clearWebhook(door);
      const hold = last === undefined ? HOLD.usual : isConflict(last) ? HOLD.conflict : HOLD.wary;
      const next = await round(door, offset, hold);
      await line.tell();
      return next;
    });
  }
}

/** One question, and all of its answer on the bus; gives the offset of the next. */
async function round(door: Door, offset: number | undefined, hold: number): Promise<number | undefined> {
  const { api, bot, line, emit } = door;
  const updates = await api.getUpdates(
    { timeout: hold, limit: 100, allowed_updates: WANTED_UPDATES, ...(offset === undefined ? {} : { offset }) },
    timed(line.signal, hold * 1_000 + GRACE_MS),
  );
  for (const batch of await batchesOf(updates, bot, door)) await emit(batch);
  // Nothing is left to be confirmed, and after a week of silence the next number may be any: no offset fits all.
  if (updates.length === 0) return undefined;
  const last = updates.map(updateNumber).findLast((number) => number !== undefined);
  if (last === undefined) throw new TypeError("updates came that have no numbers");
  return last + 1;
}

async function clearWebhook({ api, line }: Door): Promise<void> {
  const { url } = await api.getWebhookInfo(timed(line.signal));
  if (url !== undefined && url !== "") await api.deleteWebhook({}, timed(line.signal));
}
