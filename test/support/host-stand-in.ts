import { Kvm } from "@nats-io/kv";
import type { Client } from "#runtime/mod.ts";
import { postMail } from "#runtime/nats-bus.ts";
import { type Address, HEADERS } from "#subjects/mod.ts";
import type { OrderResult } from "#subjects/order.ts";

const HOST = "stand-in";
const EXECUTOR: Address = `main.executor.${HOST}`;

/** A host that has every environment at once and answers each program as it is told to, as far as jobs can see. */
export class HostStandIn implements Disposable {
  readonly #operator: Client;
  readonly #end: () => void;
  readonly #closing = new AbortController();

  private constructor(operator: Client, answer: (argv: readonly string[]) => OrderResult) {
    this.#operator = operator;
    const subscription = operator.wire.nc.subscribe(`thalassa.${EXECUTOR}.in.*`, {
      callback: (error, message) => {
        const to = message.headers?.get(HEADERS.from);
        if (error !== null || !to) return;
        const verb = message.subject.split(".").at(-1);
        const { env, order, argv } = message.json<{ env: string; order: string; argv: readonly string[] }>();
        if (verb === "up") void this.#tell(to as Address, "attach", { env, order, engine: "stand-in", notes: [] });
        if (verb === "exec") void this.#tell(to as Address, "result", { order, result: answer(argv) });
      },
    });
    this.#end = () => subscription.unsubscribe();
  }

  /** Begins, and says in the view that it has room. */
  static async begin(operator: Client, answer: (argv: readonly string[]) => OrderResult): Promise<HostStandIn> {
    const host = new HostStandIn(operator, answer);
    const views = await new Kvm(operator.wire.js).open("VIEWS");
    const entry = { seq: 1, engine: "stand-in", running: 0, free: 8, at: Date.now() };
    await views.put(`hosts.main.${HOST}`, JSON.stringify(entry));
    return host;
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#end();
  }

  async #tell(to: Address, verb: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    const id = `${data.order}:${verb}`;
    const mail = { to, verb, data, id, at: Date.now(), version: 1, from: EXECUTOR, correlation: id, trace: "" };
    await postMail(this.#operator.wire, mail, this.#closing.signal).catch(() => {});
  }
}

/** What a program comes to that wrote this and ended so. */
export function ranTo(code: number, text: string): OrderResult {
  const nothing = { text: "", bytes: 0 };
  return { type: "exec", code, how: "ended", ms: 5, stdout: { text, bytes: Buffer.byteLength(text) }, stderr: nothing };
}
