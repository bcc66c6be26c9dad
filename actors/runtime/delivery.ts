import type { JsMsg } from "@nats-io/jetstream";
import type { Address } from "#subjects/mod.ts";
import type { Delivery } from "./bus.ts";

/** What a mail stream hands out, as the runtime sees it. Its subject is `mail.<kind>.<partition>.<agent>.<id>.<verb>`. */
export function deliveryOf(message: JsMsg): Delivery {
  const [, kind, , agent, id, verb] = message.subject.split(".");
  return {
    address: `${agent}.${kind}.${id}` as Address,
    verb: verb ?? "",
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
