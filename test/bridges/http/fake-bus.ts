import { hashOf, newToken } from "#bridges/http/token.ts";
import type { Client, Ears, LogRecord } from "#runtime/mod.ts";
import { Closed } from "#runtime/mod.ts";
import type { TokenHolder } from "#subjects/http-token.ts";
import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import { PROMPTS } from "#subjects/prompts.ts";

/** What a channel makes of a message: a good end, a bad one, a refusal, or nothing yet. */
type Reaction = { readonly event: "said" | "failed"; readonly data: object } | { readonly refuses: string } | undefined;

/** What a job makes of mail. */
export type JobReaction =
  | { readonly event: string; readonly data: object }
  | { readonly refuses: string; readonly reason: string }
  | undefined;

/** A bus in memory with channels that react at once, as far as the HTTP bridge can see. */
export class FakeBus {
  readonly logs = new Map<Address, LogRecord[]>();
  readonly sent: { readonly to: Address; readonly id: string; readonly keyed: boolean }[] = [];
  readonly #holders = new Map<string, TokenHolder>();
  readonly #ears = new Map<Address, Set<Ears>>();
  readonly #listeners = new Set<(event: { readonly type: string }) => void>();
  /** What channels make of a text. */
  react: (text: string) => Reaction = (text) => ({
    event: "said",
    data: { text: `You said “${text}”.`, model: "fake" },
  });
  /** Keys of the agents that somebody made. */
  readonly agents = new Set<string>();
  /** Why a channel in which nothing goes on refuses to stop. */
  stopCode = "nothing-to-stop";
  /** Entries of the views. */
  readonly views = new Map<string, object>();
  /** What jobs and stewards make of mail: the event that it leads to, a refusal, or nothing. */
  judge: (to: Address, verb: string, data: Readonly<Record<string, unknown>>) => JobReaction = () => undefined;
  isAway = false;
  isServed = true;
  ask: (address: Address, question: string, moment?: object) => Promise<unknown> = async () => ({
    seq: 0,
    state: null,
  });
  #seq = 0;

  /** The bus as a client sees it. */
  get client(): Client {
    const fake = {
      hearing: () => ({ listen: (address: Address, ears: Ears) => this.#listen(address, ears), [Symbol.dispose]() {} }),
      send: (to: Address, verb: string, data: object, options: object) =>
        !to.includes(".channel.")
          ? this.#sendToJob(to, verb, data, options)
          : verb === "stop"
            ? this.#stop(to, data, options)
            : this.#send(to, data as { readonly text: string }, options),
      last: async (address: Address) => this.logs.get(address)?.at(-1),
      history: async (address: Address) => this.logs.get(address) ?? [],
      entriesOf: async (_bucket: string, pattern: string) => {
        const fits = new RegExp(`^${pattern.replaceAll("*", "[^.]+")}$`);
        return [...this.views]
          .filter(([key]) => fits.test(key))
          .map(([key, value]) => ({ key, text: JSON.stringify(value), seq: 1 }));
      },
      record: async (address: Address, seq: number) => this.logs.get(address)?.find((record) => record.seq === seq),
      backwards: (address: Address) => this.#backwards(address),
      entry: async (bucket: string, key: string) =>
        bucket === "VIEWS"
          ? this.views.get(key)
          : bucket === PROMPTS
            ? this.agents.has(key)
              ? {}
              : undefined
            : this.#entry(key),
      ask: (...question: Parameters<FakeBus["ask"]>) => this.ask(...question),
      wire: {
        listen: (listener: (event: { readonly type: string }) => void) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
        connected: true,
        nc: { request: () => (this.isServed ? Promise.resolve() : Promise.reject(new Error("no responders"))) },
      },
    };
    return fake as unknown as Client;
  }

  /** Makes a token, and gives the header that carries it. */
  token(name: string, role: TokenHolder["role"]): { readonly Authorization: string } {
    const token = newToken();
    this.#holders.set(hashOf(token), { name, role, createdAt: 1 });
    return { Authorization: `Bearer ${token}` };
  }

  /** Ends a token. */
  revoke({ Authorization }: { readonly Authorization: string }): void {
    this.#holders.delete(hashOf(Authorization.slice("Bearer ".length)));
  }

  /** Stores a record, and tells it unless nobody is to hear of it. */
  store(
    address: Address,
    event: string,
    data: object,
    more: { readonly cause?: string; readonly told?: boolean } = {},
  ) {
    const { cause, told = true } = more;
    const log = this.logs.get(address) ?? [];
    this.logs.set(address, log);
    const seq = ++this.#seq;
    const record = {
      ...{ address, event, seq, id: `e${seq}`, at: Date.now(), data, version: 1, correlation: "", traceId: "" },
      ...{ sentSeq: 0, prev: log.slice(-PREV_LENGTH).map((each) => each.seq), process: "fake", forged: false },
      ...(cause === undefined ? {} : { cause }),
    };
    log.push(record);
    if (told) for (const ears of this.#ears.get(address) ?? []) ears.onRecord?.(record);
    return record;
  }

  /** Tells something in passing. */
  glimpse(address: Address, noun: string, data: object): void {
    for (const ears of this.#ears.get(address) ?? []) ears.onLive?.(noun, data);
  }

  /** The connection came back after it was broken. */
  reconnect(): void {
    for (const tell of this.#listeners) tell({ type: "reconnected" });
  }

  /** How many listen to a channel. */
  listeners(address: Address): number {
    return this.#ears.get(address)?.size ?? 0;
  }

  #listen(address: Address, ears: Ears): () => void {
    const all = this.#ears.get(address) ?? new Set();
    this.#ears.set(address, all.add(ears));
    return () => all.delete(ears);
  }

  async #send(
    to: Address,
    { text, ...more }: { readonly text: string },
    { key, id = key ?? "" }: { readonly key?: string; readonly id?: string },
  ): Promise<string> {
    if (this.isAway) throw new Closed();
    this.sent.push({ to, id, keyed: key !== undefined });
    if (this.logs.get(to)?.some((record) => record.cause === id)) return id;
    const reaction = this.react(text);
    if (reaction !== undefined && "refuses" in reaction) {
      setImmediate(() =>
        this.glimpse(to, "refusal", { id, verb: "hear", code: reaction.refuses, reason: "the channel says no" }),
      );
      return id;
    }
    const { seq } = this.store(to, "heard", { text, ...more }, { cause: id });
    if (reaction !== undefined) {
      setImmediate(() => this.store(to, reaction.event, { ...reaction.data, answers: [seq] }));
    }
    return id;
  }

  async #sendToJob(
    to: Address,
    verb: string,
    data: object,
    { key, id = key ?? "" }: { readonly key?: string; readonly id?: string },
  ): Promise<string> {
    if (this.isAway) throw new Closed();
    this.sent.push({ to, id, keyed: key !== undefined });
    if (this.logs.get(to)?.some((record) => record.cause === id)) return id;
    const reaction = this.judge(to, verb, { ...data });
    if (reaction === undefined) return id;
    setImmediate(() => {
      if ("event" in reaction) this.store(to, reaction.event, reaction.data, { cause: id });
      else this.glimpse(to, "refusal", { id, verb, code: reaction.refuses, reason: reaction.reason });
    });
    return id;
  }

  /** A turn goes on while the newest record is a message. */
  async #stop(to: Address, data: object, { id = "" }: { readonly id?: string }): Promise<string> {
    const newest = this.logs.get(to)?.at(-1);
    const told = { id, verb: "stop", code: this.stopCode, reason: "nothing is being thought here" };
    setImmediate(() => {
      if (newest?.event !== "heard") this.glimpse(to, "refusal", told);
      else this.store(to, "stopped", { ...data, answers: [newest.seq] }, { cause: id });
    });
    return id;
  }

  #entry(key: string): TokenHolder | undefined {
    if (this.isAway) throw new Closed();
    return this.#holders.get(key.slice("token.".length));
  }

  async *#backwards(address: Address): AsyncGenerator<readonly LogRecord[]> {
    for (const record of (this.logs.get(address) ?? []).toReversed()) yield [record];
  }
}
