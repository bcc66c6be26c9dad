import type { KV } from "@nats-io/kv";
import { z } from "zod";
import { answerOf } from "./nats-errors.ts";
import type { Slice } from "./slice.ts";
import type { Wire } from "./wire.ts";

/** Who has a partition. `process` is empty when it is free; then `by` let go of it in good order, if it is named. */
export type Claim = { readonly process: string; readonly revision: number; readonly by?: string | undefined };

const claimSchema = z.object({ process: z.string(), by: z.string().optional() });

/** The claims of a kind's partitions in the bucket OWN, and what this process last knew of them. */
export class Claims {
  readonly #wire: Wire;
  readonly #bucket: KV;
  readonly #kind: string;
  readonly #known = new Map<Slice, Claim>();
  readonly #changed: (partition: Slice, claim: Claim) => void;

  constructor(wire: Wire, bucket: KV, kind: string, changed: (partition: Slice, claim: Claim) => void) {
    this.#wire = wire;
    this.#bucket = bucket;
    this.#kind = kind;
    this.#changed = changed;
  }

  /** What is known of a partition; undefined when nobody ever had it. */
  known(partition: Slice): Claim | undefined {
    return this.#known.get(partition);
  }

  /** Notes a claim if it is newer than what is known. */
  told(partition: Slice, claim: Claim): void {
    if (claim.revision <= (this.#known.get(partition)?.revision ?? 0)) return;
    this.#known.set(partition, claim);
    this.#changed(partition, claim);
  }

  /** Reads a claim from the bucket. Throws: BusSilent. */
  async read(partition: Slice): Promise<Claim | undefined> {
    const entry = await this.#wire.attempt(() => this.#bucket.get(this.#key(partition)));
    if (entry === null) this.#known.delete(partition);
    else {
      const parsed = claimSchema.safeParse(readJson(entry.operation === "PUT" ? entry.string() : "{}"));
      // What nobody can read is nobody's word that the partition is free.
      const { process, by } = parsed.success
        ? parsed.data
        : { process: this.known(partition)?.process ?? "", by: undefined };
      this.told(partition, { process, by, revision: entry.revision });
    }
    return this.known(partition);
  }

  /** Takes a partition from `standing` by compare-and-set; undefined when somebody was faster. Throws: BusSilent. */
  async take(partition: Slice, process: string, standing: Claim | undefined): Promise<Claim | undefined> {
    return this.#write(partition, { process }, standing?.revision);
  }

  /** Lets a partition go. `orderly` says that nothing was cut. */
  async free(partition: Slice, process: string, revision: number, orderly: boolean): Promise<Claim | undefined> {
    return this.#write(partition, { process: "", ...(orderly ? { by: process } : {}) }, revision);
  }

  async #write(
    partition: Slice,
    value: { process: string; by?: string },
    revision: number | undefined,
  ): Promise<Claim | undefined> {
    const key = this.#key(partition);
    const body = JSON.stringify(value);
    try {
      const request = (): Promise<number> =>
        revision === undefined ? this.#bucket.create(key, body) : this.#bucket.update(key, body, revision);
      const claim = { ...value, revision: await this.#wire.attempt(request) };
      this.told(partition, claim);
      return claim;
    } catch (error) {
      if (answerOf(error) !== "fenced") throw error;
      // What we knew is not what stands there; in a store that was put back it may even be newer.
      this.#known.delete(partition);
      await this.read(partition);
      return undefined;
    }
  }

  #key(partition: Slice): string {
    return `${this.#kind}.${partition}`;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
