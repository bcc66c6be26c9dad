import { executorKind } from "#actors/executor/kind.ts";
import { DEFAULT_RULES, type ExecutorRules } from "#actors/executor/rules.ts";
import type { ExecutorState } from "#actors/executor/state.ts";
import type { OutgoingMail } from "#runtime/bus.ts";
import { executorContract } from "#subjects/executor.ts";
import { type Address, addressOf } from "#subjects/mod.ts";
import type { OrderResult } from "#subjects/order.ts";
import { workerContract } from "#subjects/worker.ts";
import { eventually } from "#support/eventually.ts";
import { type HostLine, MemoryHost } from "#support/memory-host.ts";
import { MemoryStore } from "#support/memory-store.ts";
import { MemoryEngine } from "./memory-engine.ts";

/** The actor of the tests. */
export const HOST: Address = addressOf("main", "executor", "here");

/** A job that has environments. */
export const JOB: Address = addressOf("main", "worker", "w1");

/** What environments may use. */
export const BOUNDS = { cpus: 1, memoryMb: 64, pids: 64, diskMb: 64 } as const;

/** A host on an engine in folders, whose processes may die; jobs hear what it tells them. */
export class ExecutorWorld implements Disposable {
  readonly engine = new MemoryEngine();
  readonly store = new MemoryStore();
  readonly lines: HostLine[] = [];
  /** What previews and doors were asked. Shape: `admit main-a packages.example`. */
  readonly asked: string[] = [];
  readonly #rules: ExecutorRules;
  readonly #mails = new Map<string, OutgoingMail>();
  #host: MemoryHost;
  #posted = 0;
  #processes = 0;

  constructor(rules: Partial<ExecutorRules> = {}) {
    this.#rules = { ...DEFAULT_RULES, ...rules };
    const { mail } = this.store;
    const post = mail.post.bind(mail);
    mail.post = (each) => (each.to === HOST ? post(each) : void this.#mails.set(`${each.to} ${each.id}`, each));
    this.#host = this.#start();
  }

  /** A job orders something. */
  order(verb: string, data: object, from: Address = JOB, id = `mail-${this.#posted++}`): void {
    const { version } = executorContract;
    const mail = { to: HOST, verb, data, id, at: this.store.now, version, correlation: id, trace: "" };
    this.store.mail.post({ ...mail, from });
  }

  /** Has an environment there. */
  async up(env: string, from: Address = JOB): Promise<void> {
    const order = `${from}:up-${env}-${this.#posted}`;
    this.order("up", { env, order, bounds: BOUNDS }, from);
    await eventually(() => this.mail("attach", from).some((data) => data.order === order));
  }

  /** The bodies of the mails of a verb that a job was sent. */
  mail(verb: string, to: Address = JOB): readonly Readonly<Record<string, unknown>>[] {
    const mine = [...this.#mails.values()].filter((mail) => mail.to === to && mail.verb === verb);
    return mine.map(({ data }) => data as Readonly<Record<string, unknown>>);
  }

  /** The results of an order; there should be one. */
  results(order: string, to: Address = JOB): readonly OrderResult[] {
    return this.mail("result", to)
      .filter((data) => data.order === order)
      .map(({ result }) => result as OrderResult);
  }

  /** The result of an order, once it is there. */
  async result(order: string, to: Address = JOB): Promise<OrderResult> {
    const [result] = await eventually(
      () => this.results(order, to),
      (results) => results.length > 0,
      20_000,
    );
    if (result === undefined) throw new Error("no result");
    return result;
  }

  /** The events of the host, by name. */
  events(): readonly string[] {
    return this.store.log.of(HOST).map(({ event }) => event);
  }

  /** What the host tells of itself. */
  async ask(question: "list"): Promise<unknown> {
    const kind = this.#kind();
    return this.#host.actor(HOST).ask((state) => kind.answers?.[question]?.(state as ExecutorState, HOST));
  }

  /** Whether no environment is coming or going as its log has it. */
  isSettled(): boolean {
    const last = this.store.log.of(HOST).findLast(({ event }) => event !== "opened" && event !== "resumed");
    const isGoing = last?.event === "tended" && JSON.stringify(last.data).includes(`"env"`);
    return !isGoing && !["raising", "lowering"].includes(last?.event ?? "");
  }

  /** The process dies, and another one goes on. */
  crash(): void {
    this.#host.crash();
    this.#host.close();
    this.#host = this.#start();
  }

  [Symbol.dispose](): void {
    this.#host.crash();
    this.#host.close();
    this.engine[Symbol.dispose]();
  }

  #kind() {
    const ask = (text: string): void => void this.asked.push(text);
    return executorKind(
      this.#rules,
      {
        engine: this.engine,
        previews: {
          open: async (env, port, minutes) => {
            ask(`open ${env} ${port}`);
            return { url: `http://${port}.${env}`, until: this.store.now + minutes * 60_000 };
          },
          close: async (env) => ask(`shut ${env}`),
          notes: () => [],
          restore: (previews) => ask(`restore ${previews.map(({ url }) => url)}`),
        },
        doors: {
          open: async (env) => `/door/${env}`,
          admit: async (env, hosts) => ask(`admit ${env} ${hosts}`),
          close: async (env) => ask(`close ${env}`),
        },
      },
      () => this.store.now,
    );
  }

  #start(): MemoryHost {
    const host = new MemoryHost(this.store, `p${++this.#processes}`, this.#kind(), {
      contracts: [executorContract, workerContract],
      lines: this.lines,
      resident: HOST,
    }).serve();
    host.actor(HOST).wake();
    return host;
  }
}
