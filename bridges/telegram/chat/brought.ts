import type { SentFile } from "#subjects/turn.ts";

/** What the steps of a chat bring. */
export type ChatBrought =
  /** Files that were fetched, and what is said of those that could not be. */
  | { readonly type: "fetched"; readonly files: readonly SentFile[]; readonly notes: readonly string[] }
  | { readonly type: "looked"; readonly text: string; readonly topic?: number }
  | { readonly type: "answered" }
  /** Words come, and it takes a while. */
  | { readonly type: "speaking" }
  | { readonly type: "placed"; readonly part: number; readonly message: number; readonly orphaned?: true }
  | { readonly type: "shown" }
  /** It cannot be shown. */
  | { readonly type: "dropped"; readonly code: string; readonly why: string }
  /** Nothing can be shown in this chat. */
  | { readonly type: "parked"; readonly code: string; readonly why: string }
  /** The group has another number now. */
  | { readonly type: "moved"; readonly to: number };
