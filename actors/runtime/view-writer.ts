import type { KV } from "@nats-io/kv";
import { z } from "zod";
import { answerOf } from "./nats-errors.ts";
import type { Wire } from "./wire.ts";

/** How many entries' revisions are remembered, to save reading them before each write. */
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
  readonly #revisions = new Map<string, number>();

  constructor(wire: Wire, views: KV) {
    this.#wire = wire;
    this.#views = views;
  }

  /** Resolves when this entry, or a later one, stands in the view. Throws: Closed. */
  async put(key: string, entry: { readonly seq: number }, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(entry);
    while (true) {
      const revision = this.#revisions.get(key) ?? 0;
      try {
        const request = (): Promise<number> =>
          revision === 0 ? this.#views.create(key, body) : this.#views.update(key, body, revision);
        this.#remember(key, await this.#wire.persist(request, signal));
        return;
      } catch (error) {
        if (answerOf(error) !== "fenced") throw error;
      }
      const standing = await this.#wire.persist(() => this.#views.get(key), signal);
      const parsed = entrySchema.safeParse(standing?.operation === "PUT" ? standing.string() : undefined);
      if (standing !== null) this.#remember(key, standing.revision);
      if (parsed.success && parsed.data.seq >= entry.seq) return;
    }
  }

  #remember(key: string, revision: number): void {
    this.#revisions.delete(key);
    this.#revisions.set(key, revision);
    if (this.#revisions.size > REMEMBERED) {
      const [oldest] = this.#revisions.keys();
      if (oldest !== undefined) this.#revisions.delete(oldest);
    }
  }
}
