import { setTimeout as delay } from "node:timers/promises";
import { type Address, addressOf } from "#subjects/address.ts";
import { EventReader } from "#support/event-reader.ts";
import type { HttpBed } from "#support/http-bed.ts";
import type { Violation } from "./checks.ts";
import type { Stored } from "./stored.ts";

/** Whoever lost the stream comes back after this long. Units: ms. */
const BACK_MS = 100;

/** How long the last events may take to arrive. Units: ms. */
const LAST_MS = 10_000;

/** Somebody who follows a channel over HTTP from its first event, and comes back with the id of the last one. */
export class HttpReader implements AsyncDisposable {
  readonly #address: Address;
  readonly #path: string;
  readonly #bed: HttpBed;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #seqs: number[] = [];
  readonly #following: Promise<void>;
  #reader: EventReader | undefined;
  #opened = 0;
  #ended = false;

  constructor(bed: HttpBed, headers: Readonly<Record<string, string>>, channel: string) {
    this.#bed = bed;
    this.#headers = headers;
    this.#address = addressOf("main", "channel", `http-${channel}`);
    this.#path = `/v1/channels/${channel}/events?from=0`;
    this.#following = this.#follow();
  }

  /** How often it had to open the stream. */
  get opened(): number {
    return this.#opened;
  }

  /** It got each record of its channel once, in order, and nothing else. */
  async check(log: readonly Stored[]): Promise<readonly Violation[]> {
    const stored = log.filter(({ address }) => address === this.#address).map(({ seq }) => seq);
    const until = performance.now() + LAST_MS;
    while (this.#seqs.length < stored.length && performance.now() < until) await delay(20);
    if (this.#seqs.join() === stored.join()) return [];
    const what = `a reader over HTTP got ${this.#seqs.join()}, and ${stored.join()} are stored`;
    return [{ what, address: this.#address }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#reader?.leave();
    await this.#following;
  }

  async #follow(): Promise<void> {
    let lastId = "0";
    while (!this.#ended) {
      try {
        const headers = { ...this.#headers, "Last-Event-ID": lastId };
        const answer = await fetch(`${this.#bed.url}${this.#path}`, { headers });
        if (answer.status === 200) {
          this.#opened++;
          this.#reader = new EventReader(answer.body);
          while (!this.#reader.isOver && !this.#ended) {
            await this.#reader.read();
            lastId = this.#take(this.#reader) ?? lastId;
          }
        }
      } catch {
        // The bridge was killed under it.
      }
      await delay(BACK_MS);
    }
  }

  #take(reader: EventReader): string | undefined {
    const ids = reader.events.splice(0).flatMap(({ id }) => id ?? []);
    this.#seqs.push(...ids.map(Number));
    return ids.at(-1);
  }
}
