import type { Send } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import { workerAddress } from "#subjects/job.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import { ALBUM_MS } from "./state.ts";

type Sends = Readonly<Record<string, Send>>;

/** Whose event it is. Units: `at` ms since 1970. */
type Of = { readonly address: Address; readonly id: string; readonly at: number };

/** A message that has no answer after so long is waited for without typing. Units: ms. */
const WEARY_MS = 15 * 60_000;

/** What a chat hears goes to its conversation, what its people want to jobs; what cannot be shown becomes a dead letter. */
export function chatSends(event: TelegramEvent, of: Of): Sends {
  switch (event.type) {
    case "heard": {
      const { start, hear } = event.data;
      const weary = hear.ref === undefined ? {} : { weary: timer("weary", of.at + WEARY_MS, { ref: hear.ref }) };
      return { hear: mail(conversationOf(of.address, start), "hear", hear), ...weary };
    }
    case "gathering":
      return { gather: timer("gather", of.at + ALBUM_MS, { album: event.data.album }) };
    case "commanded": {
      const { job, who, mails = [] } = event.data;
      const spawn =
        job === undefined ? {} : { spawn: mail(workerAddress(of.address, of.id, 0), "spawn", { ...job, who }) };
      return { ...mailed(mails), ...spawn };
    }
    case "pressed":
    case "looked":
      return mailed(event.data.mails ?? []);
    case "joined":
      return buried(event.data.left ?? [], { code: "telegram-gone", why: GONE });
    case "dropped":
    case "parked": {
      return buried(event.data.left, event.data);
    }
    default:
      return {};
  }
}

const GONE = "the bot may not write to this chat any more; it goes on when it may again: thalassa dead retry";

type Mails = NonNullable<Extract<TelegramEvent, { type: "pressed" }>["data"]["mails"]>;

type Left = Extract<TelegramEvent, { type: "parked" }>["data"]["left"];

function mailed(mails: Mails): Sends {
  return Object.fromEntries(
    mails.map(({ to, verb, data }, index) => [`${verb}-${index}-${parseAddress(to).kind}`, mail(to, verb, data)]),
  );
}

function buried(left: Left, { code, why: reason }: { readonly code: string; readonly why: string }): Sends {
  return Object.fromEntries(
    left.map(({ verb, data }, index): [string, Send] => [`dead-${index}`, { type: "dead", verb, data, code, reason }]),
  );
}

function mail(to: Address, verb: string, data: object): Send {
  return { type: "mail", to, verb, data };
}

function timer(verb: string, dueAt: number, data: object): Send {
  return { type: "timer", dueAt, verb, data };
}
