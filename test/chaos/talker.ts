import { setTimeout as delay } from "node:timers/promises";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type Address, addressOf } from "#subjects/address.ts";
import { terminalContract } from "#subjects/clients.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import type { TestServer } from "#support/server.ts";
import type { Chance } from "./chance.ts";
import type { ChaosOptions } from "./options.ts";
import { Sayings } from "./wishes.ts";

/** How many of a hundred messages are said more than once: at the same time, shortly after, and much later. */
const REPEATED = { atOnce: 8, soon: 8, late: 6 } as const;

/** What counts as shortly after. Units: ms. */
const SOON_MS = 1_500;

/** Connections that messages go out on, so that repeats of one race each other. */
const CONNECTIONS = 3;

/** One message that was said, however often it was sent. Units: `sentAt` ms since 1970, of the first time. */
export type Message = {
  readonly id: string;
  readonly address: Address;
  readonly text: string;
  readonly sentAt: number;
};

/** Whoever says things in a run. */
export type Speaking = AsyncDisposable & {
  readonly messages: readonly Message[];
  /** How often something was sent, repeats included. */
  readonly sends: number;
  /** Says the next message in some channel, and repeats it if chance wants it so. */
  say(): void;
  /** Resolves when everything is sent, the late repeats too. Throws: what kept anything from being sent. */
  done(): Promise<void>;
};

/** When a message is repeated, if chance wants it so. Units: ms from the first time. `late` ones are as from the day before. */
export function repeatsOf(
  chance: Chance,
  { latestRepeatMs }: Pick<ChaosOptions, "latestRepeatMs">,
): readonly { readonly inMs: number; readonly late: boolean }[] {
  const dice = chance.between(0, 99);
  const { atOnce, soon, late } = REPEATED;
  if (dice < atOnce) return [{ inMs: 0, late: false }];
  if (dice < atOnce + soon) return [{ inMs: chance.between(1, SOON_MS), late: false }];
  if (dice < atOnce + soon + late) return [{ inMs: chance.between(SOON_MS, latestRepeatMs), late: true }];
  return [];
}

/** A client that says things, each under an id of its own, and repeats itself under the same id. */
export class Talker implements Speaking {
  readonly messages: Message[] = [];
  readonly #clients: readonly Client[];
  readonly #chance: Chance;
  readonly #options: ChaosOptions;
  readonly #sayings: Sayings;
  readonly #sending = new Set<Promise<unknown>>();
  #sends = 0;

  private constructor(clients: readonly Client[], chance: Chance, options: ChaosOptions) {
    this.#clients = clients;
    this.#chance = chance;
    this.#options = options;
    this.#sayings = new Sayings(chance, options);
  }

  /** Connects as the terminal does. */
  static async connect(server: TestServer, chance: Chance, options: ChaosOptions): Promise<Talker> {
    const { client: user, account } = terminalContract;
    const access = { url: server.url, user, seed: readSeed(server.keysDir, user) };
    const connect = (_: unknown, index: number): Promise<Client> =>
      Client.connect({ ...access, name: `talker-${index}` }, apiPrefix(account));
    return new Talker(await Promise.all(Array.from({ length: CONNECTIONS }, connect)), chance, options);
  }

  get sends(): number {
    return this.#sends;
  }

  say(): void {
    const number = this.messages.length;
    const { channel, text } = this.#sayings.next(number);
    const message = {
      id: `chaos-${number}`,
      address: addressOf("main", "channel", `terminal-${channel}`),
      text,
      sentAt: Date.now(),
    };
    this.messages.push(message);
    this.#send(message, 0, false);
    for (const { inMs, late } of repeatsOf(this.#chance, this.#options)) this.#send(message, inMs, late);
  }

  async done(): Promise<void> {
    await Promise.all(this.#sending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
  }

  #send({ id, address, text }: Message, inMs: number, keyed: boolean): void {
    const client = this.#chance.pick(this.#clients);
    const data = { text, who: { party: "terminal", id: "chaos" } };
    const sending = delay(inMs).then(() => {
      this.#sends++;
      return client.send(address, "hear", data, keyed ? { key: id } : { id });
    });
    sending.catch(() => {});
    this.#sending.add(sending);
  }
}
