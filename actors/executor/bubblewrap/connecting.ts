import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { EngineError } from "#actors/executor/engine.ts";
import { PATH } from "./command.ts";
import { networkArgv } from "./entering.ts";
import type { Holder } from "./holder.ts";
import type { Place } from "./place.ts";
import { mustHold } from "./running.ts";

const CONNECTOR = fileURLToPath(import.meta.resolve("./connector.ts"));

const saidSchema = z.object({ id: z.number(), problem: z.string().optional() });

type Waiting = PromiseWithResolvers<Duplex>;

/** Connects to ports of environments, by one process for each that has that one's network. It ends when it is not used. */
export class Connectors implements Disposable {
  readonly #idleMs: number;
  readonly #byMonitor = new Map<number, Connector>();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** A connection to a port of 127.0.0.1 inside. Throws: EngineError. */
  async connect(place: Place, port: number): Promise<Duplex> {
    const holder = await mustHold(place);
    const { pid } = holder.monitor;
    const connector =
      this.#byMonitor.get(pid) ?? new Connector(place, holder, this.#idleMs, () => this.#byMonitor.delete(pid));
    this.#byMonitor.set(pid, connector);
    return await connector.connect(port);
  }

  [Symbol.dispose](): void {
    for (const connector of this.#byMonitor.values()) connector[Symbol.dispose]();
  }
}

class Connector implements Disposable {
  readonly #env: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #idleMs: number;
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(place: Place, holder: Holder, idleMs: number, onEnd: () => void) {
    this.#env = place.env;
    this.#idleMs = idleMs;
    const [execPath = "", ...execArgv] = networkArgv(place, holder, [process.execPath, "--no-warnings"]);
    const options = { execPath, execArgv, env: { PATH }, cwd: "/", detached: true, stdio: "ignore" as const };
    this.#child = fork(CONNECTOR, { ...options, stdio: ["ignore", "ignore", "ignore", "ipc"] });
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on("message", (said, handle) => this.#heard(said, handle));
    for (const end of ["exit", "error"]) {
      this.#child.once(end, () => {
        onEnd();
        for (const id of this.#waiting.keys()) this.#fail(id, "engine", "its network cannot be entered");
      });
    }
  }

  connect(port: number): Promise<Duplex> {
    this.#last += 1;
    const waiting = Promise.withResolvers<Duplex>();
    this.#waiting.set(this.#last, waiting);
    const id = this.#last;
    this.#child.channel?.ref();
    this.#child.send({ id, port }, (error) => {
      if (error) this.#fail(id, "engine", error.message);
    });
    return waiting.promise;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#child.kill("SIGKILL");
  }

  #heard(message: unknown, handle: unknown): void {
    const said = saidSchema.safeParse(message).data;
    if (said === undefined) return;
    if (handle instanceof Socket) {
      this.#taken(said.id)?.resolve(handle);
    } else this.#fail(said.id, "refused", said.problem ?? "it was closed at once");
  }

  #fail(id: number, code: "engine" | "refused", why: string): void {
    this.#taken(id)?.reject(new EngineError(code, `${this.#env} takes no connection: ${why}`));
  }

  #taken(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#child.channel?.unref();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this[Symbol.dispose](), this.#idleMs).unref();
    return waiting;
  }
}
