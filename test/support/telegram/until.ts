import { inspect } from "node:util";

/** How often a condition is looked at when nothing happens. Units: ms. */
const EVERY_MS = 25;

/** Waits for conditions that are looked at whenever something happens. */
export class Until {
  readonly #looks = new Set<() => void>();

  /** Something has happened. */
  look(): void {
    for (const look of this.#looks) look();
  }

  /** Resolves with what `see` gives once that is neither false, null nor undefined. */
  comes<T>(see: () => T | Promise<T>, what: string, mostMs: number, lastSeen: () => unknown): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      let last: T | undefined;
      let isLooking = false;
      const end = (): void => {
        this.#looks.delete(look);
        clearInterval(beat);
        clearTimeout(deadline);
      };
      const sees = async (): Promise<void> => {
        last = await see();
        isLooking = false;
        if (last === false || last === null || last === undefined) return;
        end();
        resolve(last);
      };
      const look = (): void => {
        if (isLooking) return;
        isLooking = true;
        sees().catch((thrown) => {
          end();
          reject(thrown);
        });
      };
      const beat = setInterval(look, EVERY_MS);
      const deadline = setTimeout(() => {
        end();
        const seen = inspect({ last, ...Object(lastSeen()) }, { depth: 6, breakLength: 120 });
        reject(new Error(`not within ${mostMs} ms: ${what}; last seen: ${seen}`));
      }, mostMs);
      this.#looks.add(look);
      look();
    });
  }
}
