import type { Burial, Bus, LogEntry, LogRecord, OutgoingMail, OutgoingTimer } from "#runtime/bus.ts";
import { Closed, Fenced, Unhandleable } from "#runtime/errors.ts";
import { type Address, MAX_PAYLOAD_BYTES, parseAddress } from "#subjects/mod.ts";
import type { MemoryStore } from "./memory-store.ts";

/**
 * One process's connection to a store in memory. A request arrives when the scheduler says so and is confirmed when it
 * says so; a confirmation may be lost, and then the same request is sent again, as on a real wire.
 */
export class MemoryBus implements Bus {
  readonly #store: MemoryStore;
  readonly #process: string;

  constructor(store: MemoryStore, process: string) {
    this.#store = store;
    this.#process = process;
  }

  async append(entry: LogEntry, fence: number, signal: AbortSignal): Promise<{ seq: number; bytes: number }> {
    const bytes = JSON.stringify(entry.data).length;
    if (bytes > MAX_PAYLOAD_BYTES) throw new Unhandleable("too-large", "the event is too large");
    const { log } = this.#store;
    const answer = await this.#request(`append ${entry.event}`, signal, () => log.publish(entry, fence));
    if (answer.type === "stored") return answer;
    const last = await this.last(entry.address, signal);
    if (last?.id !== entry.id) throw new Fenced(entry.address, fence);
    return { seq: last.seq, bytes };
  }

  last(address: Address, signal: AbortSignal): Promise<LogRecord | undefined> {
    return this.#request("last", signal, () => this.#store.log.last(address));
  }

  record(address: Address, seq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    if (!(seq > 0)) throw new RangeError(`${seq} is no sequence; they begin at 1`);
    return this.#request("record", signal, () => this.#store.log.record(address, seq));
  }

  next(address: Address, fromSeq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    return this.#request("next", signal, () => this.#store.log.next(address, fromSeq));
  }

  post(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    parseAddress(mail.to);
    return this.#request(`post ${mail.verb}`, signal, () => this.#store.mail.post(mail));
  }

  schedule(timer: OutgoingTimer, signal: AbortSignal): Promise<void> {
    return this.#request("schedule", signal, () => {
      this.#store.mail.schedule(timer);
      this.#store.mail.passTo(this.#store.now);
    });
  }

  show(key: string, data: object, seq: number, signal: AbortSignal): Promise<void> {
    return this.#request("show", signal, () => this.#store.show(key, { seq, data: { ...data, seq } }));
  }

  bury(burial: Burial, signal: AbortSignal): Promise<void> {
    return this.#request("bury", signal, () => this.#store.bury(burial));
  }

  loadSnapshot(address: Address, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#request("load", signal, () => this.#store.snapshots.get(address));
  }

  saveSnapshot(address: Address, bytes: Uint8Array): Promise<void> {
    return this.#request("save", undefined, () => void this.#store.snapshots.set(address, bytes));
  }

  live(address: Address, noun: string, data: object): void {
    this.#store.live.push({ address, noun, data });
  }

  async #request<T>(label: string, signal: AbortSignal | undefined, effect: () => T): Promise<T> {
    const { scheduler } = this.#store;
    while (true) {
      if (signal?.aborted) throw new Closed();
      const answer = Promise.withResolvers<T>();
      scheduler.add(`${this.#process} ${label}`, undefined, () => {
        try {
          this.#store.failOnPlan(label);
          answer.resolve(effect());
        } catch (error) {
          answer.reject(error);
        }
      });
      const result = await orClosed(answer.promise, signal);
      if (this.#store.losesConfirmation()) continue;
      await orClosed(scheduler.turn(`${this.#process} hears ${label}`, this.#process), signal);
      return result;
    }
  }
}

/** What is asked for may still happen after its asker was closed. */
async function orClosed<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const closed = Promise.withResolvers<never>();
  const close = (): void => closed.reject(new Closed());
  signal.addEventListener("abort", close, { once: true });
  try {
    return await Promise.race([promise, closed.promise]);
  } finally {
    signal.removeEventListener("abort", close);
  }
}
