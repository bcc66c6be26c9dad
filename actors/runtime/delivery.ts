import type { JsMsg } from "@nats-io/jetstream";
import { addressOf, encodeToken, isToken } from "#subjects/mod.ts";
import type { Delivery } from "./bus.ts";

/** So much of what is no token is kept; escaped it may be three times as long for each of four bytes. Units: UTF-16 units. */
const MAX_ILLEGAL = 20;

/** What a mail stream hands out, as the runtime sees it. Its subject is `mail.<kind>.<partition>.<agent>.<id>.<verb>`. */
export function deliveryOf(message: JsMsg): Delivery {
  const [, kind = "", , agent = "", id = "", verb = ""] = message.subject.split(".");
  return {
    address: addressOf(legal(agent), kind, legal(id)),
    misaddressed: !isToken(agent) || !isToken(id),
    verb,
    body: message.data,
    header: (name) => message.headers?.get(name) || undefined,
    get headers() {
      return Object.fromEntries([...(message.headers ?? [])].map(([name, values]) => [name, values.join(", ")]));
    },
    seq: message.seq,
    ack: () => message.ack(),
    working: () => message.working(),
    later: (delayMs) => message.nak(delayMs),
    terminate: (reason) => message.term(reason),
  };
}

/** A token as it is, or what is none made into one, however long. */
function legal(token: string): string {
  return isToken(token) ? token : encodeToken(token.toWellFormed().slice(0, MAX_ILLEGAL) || "-");
}
