import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import type { Tools } from "#runtime/mod.ts";
import type { ORDERS, OrderResult, outputSchema } from "#subjects/order.ts";
import { type Engine, EngineError } from "./engine.ts";
import { failed, interrupted } from "./failed.ts";
import { insideOf } from "./inside.ts";
import { begin, follow, kill, markOf, type Place, type Standing, type Written, wholeOutput } from "./journal.ts";
import { shownOutput, wholeCharacters } from "./shown-output.ts";

/** A program that is to be run. */
export type Program = z.output<typeof ORDERS.exec>;

type Output = z.output<typeof outputSchema>;

/** What it takes to run one: nothing is kept here that the journal inside does not know. */
export type ExecTools = Pick<Tools<unknown>, "address" | "attempt" | "signal" | "live" | "artifacts">;

/** A program that has begun and does not show within this time never will. Units: ms. */
const SHOWS_MS = 15_000;

/** A program that its own keeper did not end is ended from outside so long after its time. Units: ms. */
const LATE_MS = 5_000;

/** So often the rest of a character is looked for before its beginning is told alone. */
const MOST_WAITED = 20;

/** Pause between two looks at a program that goes on writing, and, at first and at most, while the engine is away. Units: ms. */
const PAUSE_MS = { writing: 50, first: 100, most: 5_000 } as const;

/** An environment in which nothing can be begun for so long will not recover by itself. Units: ms. */
const CROWDED_MS = 5_000;

/**
 * Has a program run once and follows it to its end. After a crash: one that runs is followed further, one that has ended is told of as it ended,
 * one that had not begun begins; where nobody knows how far it was, for its environment or its journal is gone, it is `interrupted`. Throws: EngineError `refused` when
 * nothing can be begun in its environment any more.
 */
export async function exec(
  engine: Engine,
  program: Program,
  of: { readonly boot: string; readonly done: readonly string[]; readonly vars: Readonly<Record<string, string>> },
  tools: ExecTools,
  showsMs: number = SHOWS_MS,
): Promise<OrderResult> {
  const place: Place = { env: program.env, boot: of.boot, order: program.order };
  const cwd = insideOf(program.cwd ?? ".");
  if (typeof cwd !== "string") return cwd;
  if (program.argv.some((word) => word.includes("\0"))) {
    return failed("unreadable", "A word of the program holds a zero byte; leave it out.");
  }
  const vars = Object.entries(of.vars)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  try {
    const begun = () => begin(engine, place, { ...program, cwd, vars }, of.done, tools.signal);
    const first = await patiently(tools.signal, begun);
    return await toItsEnd(engine, place, { endsMs: program.timeoutMs + LATE_MS, showsMs, first }, tools);
  } catch (error) {
    if (error instanceof EngineError && error.code === "gone") return interrupted();
    throw error;
  }
}

async function toItsEnd(
  engine: Engine,
  place: Place,
  { endsMs, showsMs, first }: { readonly endsMs: number; readonly showsMs: number; readonly first: Standing },
  tools: ExecTools,
): Promise<OrderResult> {
  const begunAt = performance.now();
  const told = new Told(place.order, tools);
  let isEnded = false;
  for (
    let seen = first;
    ;
    seen = await patiently(tools.signal, () => follow(engine, place, told.known, tools.signal))
  ) {
    told.tell(seen);
    if (seen.state === "lost") return interrupted();
    // Without its keeper nobody would end it in time.
    if (seen.state === "dead") await patiently(tools.signal, () => kill(engine, place.env, place.order, tools.signal));
    if (seen.state === "ended" || seen.state === "dead") return resultOf(engine, place, seen, tools);
    const lastedMs = performance.now() - begunAt;
    if (seen.state !== "running" && lastedMs > showsMs) return neverBegan(seen.state);
    if (seen.state === "running" && lastedMs > endsMs && !isEnded) {
      isEnded = true;
      await patiently(tools.signal, () => kill(engine, place.env, place.order, tools.signal));
    }
    await delay(PAUSE_MS.writing, undefined, { signal: tools.signal });
  }
}

/** What was told of a program's outputs on the live plane, each byte at most once; of what was written faster, not all. */
class Told {
  readonly #order: string;
  readonly #live: ExecTools["live"];
  #known: { stdout: number; stderr: number } = { stdout: 0, stderr: 0 };
  #isLate: boolean;
  #waited = 0;

  constructor(order: string, { live, attempt }: ExecTools) {
    this.#order = order;
    this.#live = live;
    this.#isLate = attempt > 1;
  }

  get known(): { readonly stdout: number; readonly stderr: number } {
    return this.#known;
  }

  tell({ stdout, stderr }: Standing): void {
    // What was written before an earlier process died it may have told already.
    if (this.#isLate) this.#known = { stdout: stdout.kept, stderr: stderr.kept };
    else this.#known = { stdout: this.#tell("stdout", stdout), stderr: this.#tell("stderr", stderr) };
    this.#isLate = false;
  }

  #tell(stream: "stdout" | "stderr", { from, added }: Written): number {
    const known = wholeCharacters(added);
    this.#waited = known === 0 && added.length > 0 ? this.#waited + 1 : 0;
    const whole = this.#waited > MOST_WAITED ? added.length : known;
    const text = added.subarray(0, whole).toString();
    if (text !== "") this.#live("output", { order: this.#order, stream, offset: from, text });
    return from + whole;
  }
}

async function resultOf(engine: Engine, place: Place, seen: Standing, tools: ExecTools): Promise<OrderResult> {
  const stdout = await outputOf(engine, place, "stdout", seen.stdout, tools);
  const stderr = await outputOf(engine, place, "stderr", seen.stderr, tools);
  if (seen.state === "dead") return { type: "exec", how: "interrupted", why: UNKEPT, ms: 0, stdout, stderr };
  const ms = Math.max(0, Math.round((seen.ended - seen.began) * 1_000));
  const code = seen.how === "ended" ? { code: seen.code } : {};
  return { type: "exec", how: seen.how, ...code, ms, stdout, stderr };
}

async function outputOf(
  engine: Engine,
  place: Place,
  stream: "stdout" | "stderr",
  { kept, dropped, first, last }: Written,
  tools: ExecTools,
): Promise<Output> {
  const bytes = kept + dropped;
  const { text, cut } = shownOutput(first, last, bytes);
  if (!cut) return { text, bytes };
  const whole = await patiently(tools.signal, () => wholeOutput(engine, place, stream, tools.signal));
  const name = `${tools.address}/${place.env}/${markOf(place.env, place.order)}/${stream}.txt`;
  return { text, bytes, whole: await tools.artifacts.put(name, whole) };
}

/** Tries again while the engine does not answer, or, for a while, nothing can be begun. Throws: EngineError `gone` or `refused`; what it throws. */
async function patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const begunAt = performance.now();
  for (let pause: number = PAUSE_MS.first; ; pause = Math.min(pause * 2, PAUSE_MS.most)) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof EngineError) || error.code === "gone") throw error;
      if (error.code === "refused" && performance.now() - begunAt > CROWDED_MS) throw error;
    }
    await delay(pause, undefined, { signal });
  }
}

/** Said where nobody kept a program any more. */
const UNKEPT = "what kept it there was ended, and then all that it had begun";

function neverBegan(state: string): OrderResult {
  if (state === "begun") return interrupted();
  return failed("not-begun", "The program did not begin; its environment may have no shell.");
}
