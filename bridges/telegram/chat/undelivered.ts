import type { TelegramEvent } from "#subjects/telegram.ts";
import type { Outgoing } from "#subjects/telegram-shown.ts";
import type { ChatState } from "./state.ts";

/** Mail that shows something again. */
export type Undelivered = Extract<TelegramEvent, { type: "parked" }>["data"]["left"][number];

/** All that is still to be shown, as mail that would show it. */
export function leftOf(state: ChatState): Undelivered[] {
  return state.queue.flatMap((item) => undelivered(state, item.out));
}

/** One thing of the queue as mail that would show it. */
export function undelivered(state: ChatState, out: Outgoing): Undelivered[] {
  switch (out.type) {
    case "words":
      // Words that are still to come are told whole, or not at all.
      return out.open !== undefined ? [] : [{ verb: "tell", data: { type: "warned", text: out.text, closes: false } }];
    case "file":
      return [{ verb: "file", data: { artifact: out.artifact, name: out.name, text: out.text } }];
    case "notice": {
      const notice = state.notices[out.ref];
      if (notice === undefined) return [];
      const { text, buttons, until } = notice;
      return [{ verb: "notice", data: { ref: out.ref, text, buttons, ...(until === undefined ? {} : { until }) } }];
    }
  }
}
