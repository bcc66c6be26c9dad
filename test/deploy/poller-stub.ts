import { type Service, Svcm } from "@nats-io/services";
import { headers, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { POLLER_ADDRESS } from "#deploy/telegram/poller.ts";
import type { Client } from "#runtime/mod.ts";
import { commitSubject, HEADERS, REFUSAL, subjectOf } from "#subjects/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";

/** What the stub says of its process. */
const STATUS = {
  process: "telegram-0-stub",
  host: "here",
  pid: 1,
  partitions: 16,
  actors: 1,
  steps: 0,
  memoryBytes: 1,
};

const ADA = { id: 4711, name: "Ada" } as const;
const CODE = "K7QF2M";

type Said = { readonly code?: string; readonly admit?: boolean; readonly person?: number };

/** Stands in for the poller: answers who may talk, and does or refuses what the terminal says to it. Ada asks to be let in. */
export class PollerStub implements AsyncDisposable {
  readonly #operator: Client;
  readonly #service: Service;
  readonly #mail: Subscription;
  readonly #since = Date.now();
  #isPaired = false;

  private constructor(operator: Client, service: Service) {
    this.#operator = operator;
    this.#service = service;
    service.addEndpoint("people", {
      subject: `thalassa.*.${telegramContract.kind}.*.ask.people`,
      handler: (_, message) => void message.respond(JSON.stringify(this.#people())),
    });
    this.#mail = operator.wire.nc.subscribe(`thalassa.${POLLER_ADDRESS}.in.*`, {
      callback: (_, message) => {
        const verb = message.subject.split(".").at(-1) ?? "";
        this.#hear(verb, message.json(), message.headers?.get(HEADERS.id) ?? "");
      },
    });
  }

  /** `bridge` is connected as the kind, `operator` writes its log. */
  static async start(operator: Client, bridge: NatsConnection): Promise<PollerStub> {
    const name = telegramContract.kind;
    const service = await new Svcm(bridge).add({
      ...{ name, version: "0.0.1", queue: "" },
      statsHandler: () => Promise.resolve(STATUS),
    });
    return new PollerStub(operator, service);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#mail.unsubscribe();
    await this.#service.stop();
  }

  #people() {
    return telegramContract.asks.people.parse({
      bot: "our_bot",
      people: this.#isPaired ? [{ ...ADA, since: this.#since }] : [],
      asking: this.#isPaired ? [] : [{ ...ADA, code: CODE, until: this.#since + 600_000 }],
    });
  }

  #hear(verb: string, { code, admit, person }: Said, id: string): void {
    if (verb === "pair" && code === CODE && !this.#isPaired) {
      this.#isPaired = admit === true;
      this.#commit("paired", id);
    } else if (verb === "unpair" && person === ADA.id && this.#isPaired) {
      this.#isPaired = false;
      this.#commit("unpaired", id);
    } else {
      const refused = { id, verb, code: "no-such", reason: `nobody has it: ${verb}` };
      this.#operator.wire.nc.publish(subjectOf(POLLER_ADDRESS, "live", REFUSAL), JSON.stringify(refused));
    }
  }

  #commit(event: string, cause: string): void {
    const head = headers();
    head.set(HEADERS.cause, cause);
    head.set(HEADERS.process, STATUS.process);
    void this.#operator.wire.js.publish(commitSubject(POLLER_ADDRESS, event), "{}", { headers: head, msgID: cause });
  }
}
