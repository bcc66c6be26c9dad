import { setImmediate as turn } from "node:timers/promises";
import { headers, type MsgHdrs, type NatsConnection, PermissionViolationError } from "@nats-io/transport-node";

/** Hears what the server refuses on one connection; it answers a refusal before the next flush ends. */
export class Violations {
  readonly #nc: NatsConnection;
  readonly #seen: string[] = [];

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    void this.#listen();
  }

  /** Which of these subjects the connection may not publish on; what it may publish goes out empty. */
  async publishing(subjects: readonly string[]): Promise<readonly string[]> {
    for (const subject of subjects) this.#nc.publish(subject);
    return this.#refusedOf(subjects, "publish");
  }

  /** Which of these subjects the connection may not subscribe to. */
  async subscribing(subjects: readonly string[]): Promise<readonly string[]> {
    for (const subject of subjects) this.#nc.subscribe(subject, { callback: () => {} });
    return this.#refusedOf(subjects, "subscription");
  }

  async #refusedOf(subjects: readonly string[], operation: string): Promise<readonly string[]> {
    await this.#nc.flush();
    await turn();
    return subjects.filter((subject) => this.#seen.includes(`${operation} ${subject}`));
  }

  async #listen(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (status.type === "error" && status.error instanceof PermissionViolationError) {
        this.#seen.push(`${status.error.operation} ${status.error.subject}`);
      }
    }
  }
}

/** Headers from a plain object. */
export function headersOf(fields: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}
