import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { MAX_HISTORY } from "./screen.ts";

/** Lines typed in earlier chats, newest first; none where there are none or they cannot be read. */
export function readHistory(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).toReversed().slice(0, MAX_HISTORY);
  } catch {
    return [];
  }
}

/** Keeps the lines typed, for their owner alone. A chat goes on also where they cannot be kept. */
export function writeHistory(file: string, newestFirst: readonly string[]): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${newestFirst.toReversed().join("\n")}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // A convenience, nothing that a conversation needs.
  }
}
