import { randomFillSync } from "node:crypto";

/** Bytes of an event's or mail's id. */
const ID_BYTES = 9;

const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

/** A new id, from chance that is fetched for many at once. Shape: `k3Jx0aPq-9Zs`. */
export function freshId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString("base64url", used - ID_BYTES, used);
}
