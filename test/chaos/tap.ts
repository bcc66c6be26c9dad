import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { HEADERS } from "#subjects/headers.ts";
import { TAP } from "#subjects/kinds.ts";
import { parseSubject } from "#subjects/planes.ts";
import { pidOf } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";

/** A log message as it was told live. */
export type Told = { readonly seq: number; readonly subject: string; readonly id: string; readonly body: string };

/** A time in which the tap was not connected. Units: ms since 1970. */
export type Blindness = { readonly fromAt: number; untilAt: number };

/** Whoever looks on with the read-only key, and stays on through every reconnect. */
export class Tap {
  /** Everything told on the log plane, in the order of telling. */
  readonly told: Told[] = [];
  readonly blindnesses: Blindness[] = [];
  /** Subjects of dead letters. */
  readonly dead: string[] = [];
  readonly #connection: NatsConnection;
  readonly #thinking = new Map<string, { readonly pid: number; readonly open: number }>();

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Subscribes `thalassa.>`. */
  static async open(server: TestServer): Promise<Tap> {
    const tap = new Tap(await server.connect(TAP));
    tap.#connection.subscribe("thalassa.>", { callback: (_error, message) => tap.#hear(message) });
    await tap.#connection.flush();
    void tap.#watch();
    return tap;
  }

  /** How many channels a process thinks for just now, as far as can be told from outside. */
  thinking(pid: number): number {
    return this.#thinking.values().reduce((sum, each) => sum + (each.pid === pid && each.open > 0 ? 1 : 0), 0);
  }

  /** Resolves when everything told before has been heard. */
  async flush(): Promise<void> {
    await this.#connection.flush();
  }

  #hear(message: Msg): void {
    const { address, name, plane } = parseSubject(message.subject);
    if (plane === "dead") this.dead.push(message.subject);
    if (plane !== "log") return;
    const seq = Number(message.headers?.last("Nats-Sequence"));
    const id = message.headers?.last("Nats-Msg-Id") ?? "";
    this.told.push({ seq, subject: message.subject, id, body: message.string() });
    const pid = pidOf(message.headers?.last(HEADERS.process) ?? "");
    const closed = name === "heard" ? -1 : (message.json<{ answers?: readonly number[] }>().answers?.length ?? 0);
    this.#thinking.set(address, { pid, open: (this.#thinking.get(address)?.open ?? 0) - closed });
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      const current = this.blindnesses.at(-1);
      const isBlind = current !== undefined && current.untilAt === Number.POSITIVE_INFINITY;
      if (status.type === "disconnect" && !isBlind)
        this.blindnesses.push({ fromAt: Date.now(), untilAt: Number.POSITIVE_INFINITY });
      if (status.type === "reconnect" && isBlind) {
        // Only what is told after the server has heard of the subscription again can be counted on.
        this.#connection.flush().then(
          () => {
            current.untilAt = Date.now();
          },
          () => {},
        );
      }
    }
  }
}
