import { getEntry } from "./bucket-entry.ts";
import type { Wire } from "./wire.ts";

/** A look at what others have said is worth no longer wait. Units: ms. */
const LOOK_MS = 500;

/** Entries of a bucket that fade, each after its own time; whoever shares them sees them at once. */
export type SharedEntries = {
  /** Undefined where there is none. Throws: BusSilent, Closed. */
  read(key: string): Promise<string | undefined>;
  /** Units: `ttlMs` is rounded up to whole seconds. Throws: BusSilent, Closed. */
  write(key: string, text: string, ttlMs: number): Promise<void>;
};

/** The entries of a bucket that the contract lets this process keep. */
export function sharedEntries(wire: Wire, bucket: string): SharedEntries {
  return {
    read: (key) => wire.attempt(() => getEntry(wire, bucket, key), LOOK_MS),
    async write(key, text, ttlMs) {
      const ttl = `${Math.max(1, Math.ceil(ttlMs / 1_000))}s`;
      await wire.attempt(() => wire.js.publish(`$KV.${bucket}.${key}`, text, { ttl }));
    },
  };
}
