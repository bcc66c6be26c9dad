import type { KindProcess, LogLine } from "#support/crash.ts";

/** Processes that are kept up as a supervisor would, whatever is done to them, until they are disposed of. */
export class Troupe implements AsyncDisposable {
  /** Without a server no process can start; with one it must. */
  isServerUp = true;
  readonly #start: (kind: string) => KindProcess;
  readonly #everStarted: KindProcess[] = [];
  readonly #serving = new Set<KindProcess>();
  readonly #mending = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  #ended = false;

  constructor(start: (kind: string) => KindProcess) {
    this.#start = start;
  }

  /** Whether nothing is to be started any more. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Everything that every process has logged, in order of time. */
  get lines(): readonly LogLine[] {
    return this.#everStarted.flatMap((process) => process.lines).toSorted((one, other) => one.time - other.time);
  }

  /** What processes wrote that was no log line. */
  get garbled(): readonly string[] {
    return this.#everStarted.flatMap(({ kind, pid, garbled }) => garbled.map((line) => `${kind} ${pid}: ${line}`));
  }

  /** The processes of a kind that serve, stopped ones among them. */
  serving(kind: string): readonly KindProcess[] {
    return [...this.#serving].filter((process) => process.kind === kind);
  }

  /** The same without those that are stopped. */
  upright(kind: string): readonly KindProcess[] {
    return this.serving(kind).filter((process) => !process.isStopped);
  }

  /** It serves no longer. */
  lose(process: KindProcess): void {
    this.#serving.delete(process);
  }

  /** Starts one more; resolves when it serves. One that cannot start is started again. */
  async raise(kind: string): Promise<void> {
    while (!this.#ended) {
      const process = this.#start(kind);
      this.#everStarted.push(process);
      try {
        await process.ready();
        this.#serving.add(process);
        return;
      } catch (error) {
        if (this.isServerUp && process.isAlive) throw error;
        await process.kill();
      }
    }
  }

  /** Starts so many of each kind. */
  async raiseAll(counts: Readonly<Record<string, number>>): Promise<void> {
    const kinds = Object.entries(counts).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
    await Promise.all(kinds.map((kind) => this.raise(kind)));
  }

  /** Makes something good meanwhile. */
  mend(work: () => Promise<void>): void {
    const mending = work()
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#mending.delete(mending));
    this.#mending.add(mending);
  }

  /** Resolves when everything is made good. Throws: what could not be. */
  async calm(): Promise<void> {
    while (this.#mending.size > 0) await Promise.all(this.#mending);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "something could not be started again");
  }

  /** Kills all that serve and starts so many of each kind, which have to read everything back. */
  async startAfresh(counts: Readonly<Record<string, number>>): Promise<void> {
    await Promise.all([...this.#serving].map((process) => process.kill()));
    this.#serving.clear();
    await this.raiseAll(counts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#everStarted.map((process) => process.kill()));
    await Promise.all(this.#mending);
    await Promise.all(this.#everStarted.map((process) => process.kill()));
  }
}
