import { setTimeout as delay } from "node:timers/promises";
import { bootOf } from "./journal.ts";
import type { Brought } from "./judge-end.ts";
import type { ExecutorPort } from "./port.ts";
import type { DownStep, UpStep } from "./steps.ts";
import { turns } from "./turns.ts";

/** An environment that is not there after so long cannot be had. Units: ms. */
const UP_MS = 10 * 60_000;

/** Pause before letting go is tried again, at first and at most. Units: ms. */
const PAUSE_MS = { first: 200, most: 15_000 } as const;

/**
 * Environments as they come and go: of each one thing at a time, for what is not wanted any more may still be about to be made.
 * `touched` are those that came or went since somebody last emptied it.
 */
export class Coming {
  readonly touched = new Set<string>();
  readonly #port: ExecutorPort;
  readonly #inTurn = turns();

  constructor(port: ExecutorPort) {
    this.#port = port;
  }

  /** Has an environment there, with its door and its journal. After a crash: done again, and finds what there is. */
  up({ env, bounds, image }: UpStep, signal: AbortSignal): Promise<Brought> {
    return this.#done(env, async (): Promise<Brought> => {
      const { engine, doors, way } = this.#port;
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(UP_MS)]);
      try {
        inTime.throwIfAborted();
        const doorDir = await doors.open(env);
        const { notes, fresh } = await engine.up(
          { env, bounds, doorDir, ...(image === undefined ? {} : { image }) },
          inTime,
        );
        const boot = await bootOf(engine, env, inTime);
        if (way !== undefined) await engine.detach(env, way.argv);
        return { type: "raised", env, boot, notes, fresh };
      } catch (error) {
        signal.throwIfAborted();
        return { type: "unraised", env, why: `It could not be raised: ${wordsOf(error)}` };
      }
    });
  }

  /** Lets an environment go, however long that takes. After a crash: done again; what is gone already is fine. */
  down({ env, keep }: DownStep, signal: AbortSignal): Promise<Brought> {
    return this.#done(env, async (): Promise<Brought> => {
      const { engine, doors, previews } = this.#port;
      for (let pause: number = PAUSE_MS.first; ; pause = Math.min(2 * pause, PAUSE_MS.most)) {
        signal.throwIfAborted();
        try {
          await previews.close(env);
          await engine.down(env, { keep });
          await doors.close(env);
          return { type: "lowered", env };
        } catch {
          await delay(pause, undefined, { signal });
        }
      }
    });
  }

  #done<T>(env: string, work: () => Promise<T>): Promise<T> {
    return this.#inTurn(env, () => work().finally(() => this.touched.add(env)));
  }
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
