import type { Client, Hearing, Logger } from "#runtime/mod.ts";
import { Holders } from "./holders.ts";
import type { HttpOptions } from "./options.ts";
import { Slots } from "./slots.ts";
import { Waits } from "./waits.ts";

/** What all requests share while one process of the bridge runs. */
export class Bridge implements Disposable {
  readonly client: Client;
  readonly hearing: Hearing;
  readonly jobs: Hearing;
  readonly stewards: Hearing;
  readonly options: HttpOptions;
  readonly logger: Logger;
  readonly holders: Holders;
  readonly waits: Waits;
  readonly waitSlots: Slots;
  readonly streamSlots: Slots;
  readonly #onStop = new Set<() => void>();
  #isStopping = false;

  constructor(client: Client, options: HttpOptions, logger: Logger) {
    this.client = client;
    this.options = options;
    this.logger = logger;
    this.hearing = client.hearing("channel");
    this.jobs = client.hearing("worker");
    this.stewards = client.hearing("cortex");
    this.holders = new Holders(client);
    this.waits = new Waits(client, this.hearing);
    this.waitSlots = new Slots(options.waits);
    this.streamSlots = new Slots(options.streams);
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Calls back when the bridge begins to stop; the function returned ends that. */
  whenStopping(tell: () => void): () => void {
    this.#onStop.add(tell);
    return () => this.#onStop.delete(tell);
  }

  /** Lets every request that waits go, and ends every stream. */
  stop(): void {
    this.#isStopping = true;
    for (const tell of this.#onStop) tell();
  }

  [Symbol.dispose](): void {
    this.waits[Symbol.dispose]();
    for (const hearing of [this.hearing, this.jobs, this.stewards]) hearing[Symbol.dispose]();
  }
}
