import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { composeAnswer } from "./answer.ts";
import { type OfflineOptions, resolveOffline } from "./options.ts";
import { type Answer, type Provider, type ThinkRequest, UnknownModel, type Window } from "./provider.ts";

/** Name of the built-in model. */
export const OFFLINE = "offline";

/** However long the answer, its words come within this time. Units: ms. */
const MAX_STREAM_MS = 3_000;

/**
 * The built-in model: needs no network, answers from the conversation alone and says so. The same window always brings
 * the same answer after the same time. Throws: UnknownModel; AbortError once the signal is aborted.
 */
export function offlineModel(options: OfflineOptions = {}): Provider {
  const { paceMs, delayMs } = resolveOffline(options);
  return {
    async think(request: ThinkRequest): Promise<Answer> {
      if (request.model !== OFFLINE) throw new UnknownModel(request.model, OFFLINE);
      request.signal.throwIfAborted();
      const waitMs = delayOf(request.window, delayMs);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: request.signal });
      const text = composeAnswer(request.window);
      if (paceMs === 0) request.onText(text);
      else await stream(text, paceMs, request);
      return { text, model: OFFLINE };
    },
  };
}

async function stream(text: string, paceMs: number, request: ThinkRequest): Promise<void> {
  const words = text.split(/(?<=\s)(?=\S)/u);
  const atOnce = Math.ceil((words.length * paceMs) / MAX_STREAM_MS);
  for (let next = 0; next < words.length; next += atOnce) {
    if (next > 0) await sleep(paceMs, undefined, { signal: request.signal });
    request.onText(words.slice(next, next + atOnce).join(""));
  }
}

/** A pause that depends on the last message alone, so that a repeat takes the same time. Units: ms. */
export function delayOf(window: Window, range: { readonly from: number; readonly to: number }): number {
  const last = window.lines.at(-1);
  if (range.to === 0 || last === undefined) return range.from;
  const chance = Number.parseInt(hash("sha256", `${last.seq} ${last.text}`).slice(0, 8), 16) / 2 ** 32;
  return range.from + Math.floor(chance * (range.to - range.from + 1));
}
