import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type Address, parseSubject } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import type { TestServer } from "#support/server.ts";
import { speakerContract } from "./rival.ts";

/** A message without an answer for so long is lost. Units: ms. */
const LOST_MS = 60_000;

/** A message was never answered: the one thing that makes a bench fail. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
  readonly code = "unanswered";

  constructor(address: Address, text: string) {
    super(`${address} did not answer ${JSON.stringify(text)} within ${LOST_MS} ms; a message is lost`);
  }
}

/** How one turn went. Units: `ms` from sending to seeing `said`; `sentAt` and `saidAt` ms since 1970. */
export type Turn = {
  readonly ms: number;
  readonly sentAt: number;
  readonly saidAt: number;
  /** Seq of the message, by which the offline model chooses its pause. */
  readonly heardSeq: number;
  readonly text: string;
};

type Waiting = { readonly answered: (heardSeq: number) => void };

/** Somebody who talks as the terminal does and sees answers by a plain subscription: one message a channel at a time. */
export class Speaker implements AsyncDisposable {
  readonly client: Client;
  readonly #waiting = new Map<Address, Waiting>();

  private constructor(client: Client) {
    this.client = client;
    for (const kind of speakerContract.follows) {
      client.wire.nc.subscribe(`thalassa.*.${kind}.*.log.said`, {
        callback: (error, message) => {
          if (error === null) this.#hear(message.subject, message.json());
        },
      });
    }
  }

  /** Connects, and listens. */
  static async connect(server: TestServer): Promise<Speaker> {
    const { client: user, account } = speakerContract;
    const access = { url: server.url, user, seed: readSeed(server.keysDir, user), name: user };
    const speaker = new Speaker(await Client.connect(access, apiPrefix(account)));
    await speaker.client.wire.nc.flush();
    return speaker;
  }

  /** Says something and waits until the answer is seen. Throws: Unanswered; Error when the channel is still asked. */
  async say(address: Address, text: string): Promise<Turn> {
    if (this.#waiting.has(address)) throw new Error(`${address} has not answered yet; say one thing at a time`);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const lost = setTimeout(() => reject(new Unanswered(address, text)), LOST_MS);
    this.#waiting.set(address, { answered: resolve });
    const sentAt = Date.now();
    const startedAt = performance.now();
    try {
      this.client.send(address, "hear", { text, who: { party: "terminal", id: "bench" } }).catch(reject);
      const heardSeq = await promise;
      return { ms: performance.now() - startedAt, sentAt, saidAt: Date.now(), heardSeq, text };
    } finally {
      clearTimeout(lost);
      this.#waiting.delete(address);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }

  #hear(subject: string, said: { readonly answers: readonly number[] }): void {
    this.#waiting.get(parseSubject(subject).address)?.answered(said.answers[0] ?? 0);
  }
}
