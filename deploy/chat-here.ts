import { join } from "node:path";
import { readHistory, writeHistory } from "#bridges/terminal/line-history.ts";
import { Screen } from "#bridges/terminal/screen.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { Talk } from "#bridges/terminal/talk.ts";
import type { Client } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";

/** How a chat opens in this terminal. */
export type ChatHere = {
  readonly homeRoot: string;
  readonly channel: string;
  /** The channel that a name means. */
  readonly meant: (name: string) => Promise<Address>;
  /** Ends the chat from outside. */
  readonly signal?: AbortSignal;
  /** Given a way to print above the prompt, for whoever else has something to say here. */
  readonly onScreen?: (print: (line: string) => void) => void;
};

/** Opens a chat in this terminal; resolves when the person leaves. */
export async function openChat(client: Client, options: ChatHere): Promise<void> {
  const { channel, meant, signal } = options;
  const historyFile = join(options.homeRoot, "chat-history");
  const left = Promise.withResolvers<void>();
  const onLeave = () => left.resolve();
  signal?.addEventListener("abort", onLeave, { once: true });
  using screen = new Screen({
    input: process.stdin,
    output: process.stdout,
    history: readHistory(historyFile),
    onLine: (line) => talk.hear(line),
    onHistory: (lines) => writeHistory(historyFile, lines),
    onLeave,
  });
  options.onScreen?.((line) => screen.print(...line.split("\n")));
  using talk = new Talk(client, screen, { who: speakerHere(), meant }, onLeave);
  await talk.enter(channel);
  if (signal?.aborted !== true) await left.promise;
}
