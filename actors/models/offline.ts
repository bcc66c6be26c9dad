import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { OFFLINE } from "./chain.ts";
import { unknownModel } from "./failure.ts";
import { respond } from "./offline-turn.ts";
import { type OfflineOptions, resolveOffline } from "./options.ts";
import type { Answer, ModelRequest, Provider } from "./provider.ts";
import { type Window, windowOf } from "./window.ts";

/** However long the answer, its words come within this time. Units: ms. */
const MAX_STREAM_MS = 3_000;

/** It reads and writes no tokens that anybody would pay for. */
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } as const;

/**
 * The built-in model: needs no network, answers from the conversation alone and says so, and uses the tools it is offered
 * where it is told to. The same conversation always brings the same answer after the same time. Throws: ModelFailed; AbortError once the signal is aborted.
 */
export function offlineModel(options: OfflineOptions = {}): Provider {
  const { paceMs, delayMs } = resolveOffline(options);
  return {
    async think(request: ModelRequest): Promise<Answer> {
      if (request.model !== OFFLINE) throw unknownModel(request.model, [OFFLINE]);
      request.signal.throwIfAborted();
      const window = windowOf(request);
      const waitMs = delayOf(window, delayMs);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: request.signal });
      const { text, calls } = respond(request, window);
      if (paceMs === 0 && text !== "") request.onText(text);
      else if (text !== "") await stream(text, paceMs, request);
      const content = [...(text === "" ? [] : [{ type: "text", text } as const]), ...calls];
      return { content, stop: calls.length > 0 ? "tools" : "end", usage: FREE, model: OFFLINE };
    },
  };
}

async function stream(text: string, paceMs: number, request: ModelRequest): Promise<void> {
  const words = text.split(/(?<=\s)(?=\S)/u);
  const atOnce = Math.ceil((words.length * paceMs) / MAX_STREAM_MS);
  for (let next = 0; next < words.length; next += atOnce) {
    if (next > 0) await sleep(paceMs, undefined, { signal: request.signal });
    request.onText(words.slice(next, next + atOnce).join(""));
  }
}

/** A pause that depends on the last message and its place alone, so that a repeat takes the same time. Units: ms. */
export function delayOf(window: Window, range: { readonly from: number; readonly to: number }): number {
  const last = window.lines.at(-1);
  if (range.to === 0 || last === undefined) return range.from;
  const chance = Number.parseInt(hash("sha256", `${last.seq} ${last.text}`).slice(0, 8), 16) / 2 ** 32;
  return range.from + Math.floor(chance * (range.to - range.from + 1));
}
