import { setTimeout as delay } from "node:timers/promises";
import type { KV } from "@nats-io/kv";
import { z } from "zod";
import { answerOf } from "./nats-errors.ts";
import type { Wire } from "./wire.ts";

/** How long to wait before a lost compare-and-set is tried again. Units: ms. */
const RETRY_MS = 5;

/** The entry that stands under a key, as far as we know: where it is, and from which event it was made. */
type Standing = { readonly revision: number; readonly seq: number };

/** How many entries are remembered, to save reading them before each write. */
const REMEMBERED = 4_096;

const entrySchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(z.object({ seq: z.number().int() }));

/** Puts entries of read models so that one made from an earlier event never replaces one made from a later. */
export class ViewWriter {
  readonly #wire: Wire;
  readonly #views: KV;
  readonly #standing = new Map<string, Standing>();

  constructor(wire: Wire, views: KV) {
    this.#wire = wire;
    this.#views = views;
  }

  /** Resolves when this entry, or a later one, stands in the view. Throws: Closed. */
  async put(key: string, entry: { readonly seq: number }, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(entry);
    while (true) {
      const known = this.#standing.get(key) ?? (await this.#read(key, signal));
      if (known !== undefined && known.seq >= entry.seq) return;
      try {
        const request = (): Promise<number> =>
          known === undefined ? this.#views.create(key, body) : this.#views.update(key, body, known.revision);
        this.#remember(key, { revision: await this.#wire.persist(request, signal), seq: entry.seq });
        return;
      } catch (error) {
        if (answerOf(error) !== "fenced") throw error;
      }
      this.#standing.delete(key);
      // A replica that lags behind would be asked in vain again and again.
      await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** The entry that stands, as the nearest replica has it; one that nobody can read gives way to any. */
  async #read(key: string, signal: AbortSignal): Promise<Standing | undefined> {
    const entry = await this.#wire.persist(() => this.#views.get(key), signal);
    if (entry === null) return undefined;
    const parsed = entrySchema.safeParse(entry.operation === "PUT" ? entry.string() : undefined);
    const standing = { revision: entry.revision, seq: parsed.success ? parsed.data.seq : 0 };
    this.#remember(key, standing);
    return standing;
  }

  #remember(key: string, standing: Standing): void {
    this.#standing.delete(key);
    this.#standing.set(key, standing);
    if (this.#standing.size > REMEMBERED) {
      const [oldest] = this.#standing.keys();
      if (oldest !== undefined) this.#standing.delete(oldest);
    }
  }
}
