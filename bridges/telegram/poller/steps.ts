import type { PollerState } from "./state.ts";

/** What comes from Telegram is taken in, for as long as the process lives. */
export type PollStep = { readonly type: "poll"; readonly endless: true };

/** What should be running. */
export function pollerSteps({ isOpen }: PollerState): Readonly<Record<string, PollStep>> {
  return isOpen ? { poll: { type: "poll", endless: true } } : {};
}
