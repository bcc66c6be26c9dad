import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { parseAddress } from "#subjects/address.ts";
import { HEADERS } from "#subjects/headers.ts";
import { OPERATOR, TAP } from "#subjects/kinds.ts";
import { parseCommit, parseSubject } from "#subjects/planes.ts";
import { pidOf } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import type { TestServer } from "#support/server.ts";

/** A log message as it was told live. */
export type Told = { readonly seq: number; readonly subject: string; readonly id: string; readonly body: string };

/** A commit on its way to the log: whoever listens there hears also those that the fence refuses. */
export type Attempt = { readonly id: string; readonly address: string; readonly expectedSeq: number };

/** A time in which the tap was not connected. Units: ms since 1970. */
export type Blindness = { readonly fromAt: number; untilAt: number };

/** Whoever looks on with the read-only key, and stays on through every reconnect. */
export class Tap {
  /** Everything told on the log plane, in the order of telling. */
  readonly told: Told[] = [];
  readonly blindnesses: Blindness[] = [];
  /** Subjects of dead letters. */
  readonly dead: string[] = [];
  /** Everything that was meant to be committed. */
  readonly attempts: Attempt[] = [];
  readonly #connection: NatsConnection;
  readonly #thinking = new Map<string, { readonly pid: number; readonly open: number }>();

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Subscribes `thalassa.>` with the tap's key, and what is about to be committed with the operator's. */
  static async open(server: TestServer): Promise<Tap> {
    const tap = new Tap(await server.connect(TAP));
    tap.#connection.subscribe("thalassa.>", { callback: (_error, message) => tap.#hear(message) });
    await tap.#connection.flush();
    void tap.#watch();
    const operator = await server.connect(OPERATOR);
    operator.subscribe("commit.>", { callback: (_error, message) => tap.#overhear(message) });
    await operator.flush();
    return tap;
  }

  /** How many channels or branches a process thinks for just now, as far as can be told from outside. */
  thinking(pid: number): number {
    return this.#thinking.values().reduce((sum, each) => sum + (each.pid === pid && each.open > 0 ? 1 : 0), 0);
  }

  /** Resolves when everything told before has been heard, also if it was cut off until just now. */
  async flush(): Promise<void> {
    const flushed = (): Promise<boolean> =>
      this.#connection.flush().then(
        () => true,
        () => false,
      );
    await eventually(flushed);
  }

  #overhear({ subject, headers }: Msg): void {
    const expected = headers?.get("Nats-Expected-Last-Subject-Sequence");
    const { address } = parseCommit(subject);
    this.attempts.push({ id: headers?.get(HEADERS.messageId) ?? "", address, expectedSeq: Number(expected) });
  }

  #hear(message: Msg): void {
    const { address, name, plane } = parseSubject(message.subject);
    if (plane === "dead") this.dead.push(message.subject);
    if (plane !== "log") return;
    const seq = Number(message.headers?.last("Nats-Sequence"));
    const id = message.headers?.last("Nats-Msg-Id") ?? "";
    this.told.push({ seq, subject: message.subject, id, body: message.string() });
    const pid = pidOf(message.headers?.last(HEADERS.process) ?? "");
    const closed = closedBy(parseAddress(address).kind, name, message);
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

/** How many matters fewer an actor thinks about after an event. */
function closedBy(kind: string, event: string, message: Msg): number {
  if (kind === "branch") return { spawned: -1, concluded: 1 }[event] ?? 0;
  return event === "heard" ? -1 : (message.json<{ answers?: readonly number[] }>().answers?.length ?? 0);
}
