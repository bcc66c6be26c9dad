import { setTimeout as delay } from "node:timers/promises";
import { addressOf } from "#subjects/address.ts";
import type { HttpBed } from "#support/http-bed.ts";
import { Chance } from "./chance.ts";
import type { ChaosOptions } from "./options.ts";
import { type Message, repeatsOf, type Speaking } from "./talker.ts";
import { Sayings } from "./wishes.ts";

/** The name of the token it speaks with. */
const TOKEN = "chaos";

/** A client asks again after this long, and gives one request up after that. Units: ms. */
const PATIENCE = { againMs: [50, 400], requestMs: 20_000 } as const;

/** What a message came to, as one of the requests for it was told. */
export type Reply = { readonly id: string; readonly status: number; readonly seq: number; readonly text: string };

type Body = { readonly reply?: string; readonly detail?: string; readonly seq?: number };

/** A client that says things over HTTP and asks with the same key until it is answered, whatever becomes of the bridge. */
export class HttpTalker implements Speaking {
  readonly messages: Message[] = [];
  readonly replies: Reply[] = [];
  /** Answers that no retry can mend. */
  readonly surprises: string[] = [];
  readonly #bed: HttpBed;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #chance: Chance;
  readonly #options: ChaosOptions;
  readonly #sayings: Sayings;
  /** Of its own: when it asks again is up to the machine, and must not change what is chosen elsewhere. */
  readonly #patience: Chance;
  readonly #asking = new Set<Promise<void>>();
  #sends = 0;
  #ended = false;

  private constructor(bed: HttpBed, headers: Readonly<Record<string, string>>, chance: Chance, options: ChaosOptions) {
    this.#bed = bed;
    this.#headers = headers;
    this.#chance = chance;
    this.#options = options;
    this.#sayings = new Sayings(chance, options);
    this.#patience = new Chance(options.seed);
  }

  /** Gets itself a token. */
  static async connect(bed: HttpBed, chance: Chance, options: ChaosOptions): Promise<HttpTalker> {
    return new HttpTalker(bed, await bed.token(TOKEN), chance, options);
  }

  /** How many requests were made. */
  get sends(): number {
    return this.#sends;
  }

  say(): void {
    const number = this.messages.length;
    const { text, ...said } = this.#sayings.next(number);
    const channel = `${said.channel}`;
    const key = `chaos-${number}`;
    const message = {
      id: `http:${TOKEN}:${key}`,
      address: addressOf("main", "channel", `http-${channel}`),
      text,
      sentAt: Date.now(),
    };
    this.messages.push(message);
    const body = JSON.stringify({ channel, text, wait: true });
    for (const { inMs } of [{ inMs: 0 }, ...repeatsOf(this.#chance, this.#options)]) {
      const asking = delay(inMs).then(() => this.#ask(message.id, key, body));
      this.#asking.add(asking);
    }
  }

  async done(): Promise<void> {
    await Promise.all(this.#asking);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await Promise.allSettled(this.#asking);
  }

  async #ask(id: string, key: string, body: string): Promise<void> {
    const headers = { ...this.#headers, "Idempotency-Key": key };
    while (!this.#ended) {
      const answer = await this.#once(headers, body).catch(() => undefined);
      if (answer?.status === 200 || answer?.status === 502) {
        const { reply = "", detail = "", seq = 0 } = answer.body;
        // A turn that came to nothing tells what was said before besides the reason.
        this.replies.push({ id, status: answer.status, seq, text: answer.status === 200 ? reply : detail });
        return;
      }
      // Nobody there, not yet answered, or the bus away: a client asks again. Anything else it would not.
      if (answer !== undefined && answer.status !== 202 && answer.status !== 503) {
        this.surprises.push(`${id} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
        return;
      }
      await delay(this.#patience.between(...PATIENCE.againMs));
    }
  }

  async #once(headers: Readonly<Record<string, string>>, body: string): Promise<{ status: number; body: Body }> {
    this.#sends++;
    const signal = AbortSignal.timeout(PATIENCE.requestMs);
    const answer = await fetch(`${this.#bed.url}/v1/messages`, { method: "POST", headers, body, signal });
    return { status: answer.status, body: (await answer.json()) as Body };
  }
}
