import type { Client, Hearing } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";
import { ChannelWatch } from "./channel-watch.ts";
import type { OpenMail } from "./open-mail.ts";

/** So many channels are looked through at a time when the bus is back. */
const SEARCHES = 32;

/** A message that is waited for, until disposed of. */
export type Wait = Disposable & { readonly mail: OpenMail };

/** All requests that wait for what becomes of a message: one listener for all, and one reading of each log. */
export class Waits implements Disposable {
  readonly #client: Client;
  readonly #hearing: Hearing;
  readonly #watches = new Map<Address, ChannelWatch>();
  readonly #closing = new AbortController();
  readonly #unlisten: () => void;

  constructor(client: Client, hearing: Hearing) {
    this.#client = client;
    this.#hearing = hearing;
    this.#unlisten = client.wire.listen((event) => {
      if (event.type === "reconnected") void this.#catchUp();
    });
  }

  /**
   * Begins to wait. A message that was perhaps sent before this is looked for in the log, back to `sinceAt`; one that is
   * yet to be sent is not. Units: ms since 1970.
   */
  begin(address: Address, id: string, sinceAt: number, when: "perhaps-before" | "yet-to-be-sent"): Wait {
    const watch = this.#watches.get(address) ?? this.#watch(address);
    const mail = watch.open(id, sinceAt);
    if (when === "perhaps-before") void watch.lookBack();
    let over = false;
    return {
      mail,
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        watch.leave(mail);
        if (watch.size === 0) this.#forget(address, watch);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#unlisten();
    for (const watch of this.#watches.values()) watch[Symbol.dispose]();
  }

  #watch(address: Address): ChannelWatch {
    const watch = new ChannelWatch(this.#client, this.#hearing, address, this.#closing.signal);
    this.#watches.set(address, watch);
    return watch;
  }

  #forget(address: Address, watch: ChannelWatch): void {
    watch[Symbol.dispose]();
    if (this.#watches.get(address) === watch) this.#watches.delete(address);
  }

  /** What was told while the connection was broken was not heard. */
  async #catchUp(): Promise<void> {
    const waiting = [...this.#watches.values()];
    const next = async (): Promise<void> => {
      for (let watch = waiting.pop(); watch !== undefined; watch = waiting.pop()) await watch.catchUp();
    };
    await Promise.all(Array.from({ length: SEARCHES }, next));
  }
}
