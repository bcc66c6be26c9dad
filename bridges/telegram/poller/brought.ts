import type { ReadUpdate } from "#subjects/telegram-update.ts";

/** An update that was read, and the agent whose chat it came in. */
export type AgentUpdate = ReadUpdate & { readonly agent: string };

/** What the step `poll` brings. */
export type PollerBrought =
  | {
      readonly type: "connected";
      readonly bot?: string;
      readonly id?: number;
      readonly mode: "polling" | "webhook";
      readonly problem?: string;
    }
  | {
      readonly type: "batch";
      readonly updates: readonly AgentUpdate[];
      /** Updates as they came, where nobody could read them. */
      readonly unread: readonly unknown[];
      /** The numbers of all updates, also of those that mean nothing here. */
      readonly numbers: readonly number[];
      /** Chance, for people who ask to be let in: more than there are of them. */
      readonly codes: readonly string[];
    };
