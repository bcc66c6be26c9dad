/** One thing that will happen once it is picked; `of` names the process it happens in, and is absent for the network. */
type Task = { readonly label: string; readonly of: string | undefined; readonly run: () => void };

/** Picks one of `count` things that could happen next. */
export type Pick = (count: number) => number;

/**
 * Time as a test wants it: nothing that stands here happens before it is picked, and one thing happens at a time.
 * Processes can die (what was theirs never happens) or be stopped (it happens after they go on).
 */
export class Scheduler {
  readonly #pick: Pick | "at once";
  readonly #stopped = new Set<string>();
  readonly #dead = new Set<string>();
  #tasks: Task[] = [];

  /** `at once` is for tests that want no say in the order of things. */
  constructor(pick: Pick | "at once" = "at once") {
    this.#pick = pick;
  }

  /** Has something happen sometime. */
  add(label: string, of: string | undefined, run: () => void): void {
    if (of !== undefined && this.#dead.has(of)) return;
    if (this.#pick === "at once") queueMicrotask(run);
    else this.#tasks.push({ label, of, run });
  }

  /** Resolves when it is picked; never, when its process died. */
  turn(label: string, of?: string): Promise<void> {
    return new Promise((resolve) => this.add(label, of, resolve));
  }

  /** The process and all that it was about to do are gone; what it sent already may still arrive. */
  kill(process: string): void {
    this.#dead.add(process);
    this.#tasks = this.#tasks.filter((task) => task.of !== process);
  }

  /** Nothing of what could happen will. */
  clear(): void {
    this.#tasks = [];
  }

  /** The process does nothing until it goes on. */
  stop(process: string): void {
    this.#stopped.add(process);
  }

  goOn(process: string): void {
    this.#stopped.delete(process);
  }

  /** What could happen next. */
  labels(): readonly string[] {
    return this.#able().map((task) => task.label);
  }

  /** Lets one thing happen and all that follows from it at once; false when there is nothing. */
  async step(): Promise<boolean> {
    const able = this.#able();
    const task = this.#pick === "at once" ? able[0] : able[this.#pick(able.length)];
    if (task !== undefined) {
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
      task.run();
    }
    await consequences();
    return task !== undefined;
  }

  /** Lets things happen until nothing can. Throws: Error when that takes more than `most` steps. */
  async settle(most = 20_000): Promise<void> {
    await consequences();
    for (let steps = 0; await this.step(); steps++) {
      if (steps >= most) throw new Error(`still busy after ${most} steps; next could be ${this.labels().slice(0, 5)}`);
    }
  }

  #able(): readonly Task[] {
    return this.#tasks.filter((task) => task.of === undefined || !this.#stopped.has(task.of));
  }
}

/** Resolves when all that follows at once from what happened has happened. */
function consequences(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Picks by a small generator that a seed determines. */
export function seededPick(seed: number): Pick {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}
