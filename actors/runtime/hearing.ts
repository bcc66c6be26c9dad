import type { Msg, Subscription } from "@nats-io/transport-node";
import type { Address } from "#subjects/mod.ts";
import type { LogRecord } from "./bus.ts";
import { readGlimpse, readTold } from "./told.ts";
import type { Wire } from "./wire.ts";

/** What one listener is told of one actor. Neither must throw. */
export type Ears = {
  /** A record that was stored; which came before it, it says itself. */
  readonly onRecord?: (record: LogRecord) => void;
  /** Passing things, as they come. */
  readonly onLive?: (noun: string, data: unknown) => void;
};

/**
 * Hears what all actors of a kind tell, by one subscription a plane however many are listened to. What is told while the
 * connection is broken is not heard: whoever must not miss it reads the log once the wire says `reconnected`.
 */
export class Hearing implements Disposable {
  readonly #ears = new Map<Address, Set<Ears>>();
  readonly #subscriptions: readonly Subscription[];

  constructor(wire: Wire, kind: string, planes: readonly ("log" | "live")[] = ["log", "live"]) {
    const on = (plane: "log" | "live", handle: (ears: ReadonlySet<Ears>, message: Msg) => void): Subscription =>
      wire.nc.subscribe(`thalassa.*.${kind}.*.${plane}.*`, {
        callback: (error, message) => {
          const ears = error === null ? this.#ears.get(addressIn(message.subject)) : undefined;
          if (ears !== undefined) handle(ears, message);
        },
      });
    const heard = { log: hearRecord, live: hearLive };
    this.#subscriptions = planes.map((plane) => on(plane, heard[plane]));
  }

  /** How many actors are listened to. */
  get actors(): number {
    return this.#ears.size;
  }

  /** Listens to one actor; the function returned ends that. */
  listen(address: Address, ears: Ears): () => void {
    const all = this.#ears.get(address) ?? new Set();
    this.#ears.set(address, all.add(ears));
    return () => {
      all.delete(ears);
      if (all.size === 0 && this.#ears.get(address) === all) this.#ears.delete(address);
    };
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#ears.clear();
  }
}

function hearRecord(ears: ReadonlySet<Ears>, message: Msg): void {
  const record = readTold(message);
  if (record !== undefined) for (const each of ears) each.onRecord?.(record);
}

function hearLive(ears: ReadonlySet<Ears>, message: Msg): void {
  const glimpse = readGlimpse(message);
  if (glimpse !== undefined) for (const each of ears) each.onLive?.(glimpse.noun, glimpse.data);
}

/** Shape: `thalassa.main.channel.a.log.said` is `main.channel.a`. */
function addressIn(subject: string): Address {
  return subject.slice("thalassa.".length, subject.lastIndexOf(".", subject.lastIndexOf(".") - 1)) as Address;
}
