import { setTimeout as delay } from "node:timers/promises";
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, PermissionViolationError } from "@nats-io/transport-node";
import { BusSilent, Closed, NotAllowed } from "./errors.ts";
import { isAnswer, isFinal } from "./nats-errors.ts";

/** A single request is given up after this long. Units: ms. */
const DEADLINE_MS = 1_500;

/** Without any answer for this long the server we talk to may be cut off from its cluster: ask another. Units: ms. */
const MOVE_AFTER_MS = 2_500;

/** Waits between tries grow by the first up to the second. Units: ms. */
const BACKOFF_MS = { step: 50, most: 500 } as const;

/** What happens to a connection; `refused` when our user lacks a right, which only a change of the contract can mend. */
export type WireEvent =
  | { readonly type: "disconnected" | "reconnected" }
  | { readonly type: "refused"; readonly error: Error };

/**
 * A connection on which every request has a deadline, dies with the connection it was sent on, and may be repeated under
 * the same id until it is answered.
 */
export class Wire {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Where JetStream is asked. */
  readonly apiPrefix: string;
  readonly #inFlight = new Set<(error: BusSilent) => void>();
  readonly #listeners = new Set<(event: WireEvent) => void>();
  #up: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** When the first of the requests was sent that went unanswered since the last answer. */
  #unheardSince: number | undefined;
  #movedAt = 0;
  #refused: Error | undefined;

  private constructor(nc: NatsConnection, js: JetStreamClient, jsm: JetStreamManager, apiPrefix: string) {
    this.nc = nc;
    this.js = js;
    this.jsm = jsm;
    this.apiPrefix = apiPrefix;
    void this.#follow();
  }

  /** Wraps a connection. `apiPrefix` is where its account has imported JetStream, if it has none of its own. */
  static async over(nc: NatsConnection, apiPrefix: string = "$JS.API"): Promise<Wire> {
    const options = { timeout: DEADLINE_MS, checkAPI: false, apiPrefix };
    return new Wire(nc, jetstream(nc, options), await jetstreamManager(nc, options), apiPrefix);
  }

  get connected(): boolean {
    return this.#up === undefined && !this.nc.isClosed();
  }

  /** Tells what happens to the connection; the function returned ends that. */
  listen(listener: (event: WireEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One try. Throws: BusSilent when no answer came in time or on this connection; whatever the bus answered. */
  async attempt<T>(request: () => Promise<T>, deadlineMs: number = DEADLINE_MS): Promise<T> {
    if (this.nc.isClosed()) throw new Closed();
    if (this.#up !== undefined) await within(this.#up.promise, deadlineMs);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const sentAt = performance.now();
    const timer = setTimeout(() => reject(new BusSilent(`${deadlineMs} ms`)), deadlineMs);
    this.#inFlight.add(reject);
    request().then(resolve, reject);
    try {
      const answer = await promise;
      this.#unheardSince = undefined;
      return answer;
    } catch (error) {
      if (isFinal(error) || isAnswer(error)) this.#unheardSince = undefined;
      else this.#moveIfUnheard(sentAt);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#inFlight.delete(reject);
    }
  }

  /**
   * Tries until there is a final answer. Throws: that answer, if it is an error; NotAllowed when the bus refused us
   * something meanwhile and this went unanswered; Closed once `signal` aborts.
   */
  async persist<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries++) {
      if (signal.aborted) throw new Closed();
      const refusedBefore = this.#refused;
      try {
        return await this.attempt(request);
      } catch (error) {
        if (signal.aborted || this.nc.isClosed()) throw new Closed();
        if (this.#refused !== undefined && this.#refused !== refusedBefore) throw new NotAllowed(this.#refused);
        if (isFinal(error)) throw error;
        await delay(Math.min(BACKOFF_MS.step * tries, BACKOFF_MS.most), undefined, { signal }).catch(() => {});
      }
    }
  }

  async #follow(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === "disconnect" && this.#up === undefined) {
        this.#up = Promise.withResolvers<void>();
        for (const reject of this.#inFlight) reject(new BusSilent("the connection broke"));
        this.#tell({ type: "disconnected" });
      }
      if (status.type === "reconnect") {
        this.#unheardSince = undefined;
        this.#up?.resolve();
        this.#up = undefined;
        this.#tell({ type: "reconnected" });
      }
      // Any other error, such as a server too busy to greet us in time, passes with the connection.
      if (status.type === "error" && status.error instanceof PermissionViolationError) {
        this.#refused = status.error;
        this.#tell({ type: "refused", error: status.error });
      }
    }
  }

  #tell(event: WireEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A client on a server that is cut off from its cluster never moves by itself. */
  #moveIfUnheard(sentAt: number): void {
    const now = performance.now();
    this.#unheardSince ??= sentAt;
    if (this.#up !== undefined || now - this.#unheardSince < MOVE_AFTER_MS || now - this.#movedAt < 2 * MOVE_AFTER_MS)
      return;
    this.#movedAt = now;
    this.nc.reconnect().catch(() => {});
  }
}

/** Waits for the connection to come back, but no longer than a request may take. */
async function within(up: Promise<void>, deadlineMs: number): Promise<void> {
  const giveUp = new AbortController();
  const timeout = delay(deadlineMs, undefined, { signal: giveUp.signal }).then(() => {
    throw new BusSilent("not connected");
  });
  try {
    await Promise.race([up, timeout]);
  } finally {
    giveUp.abort();
    timeout.catch(() => {});
  }
}
