import { createHash } from "node:crypto";

/** Who of several should have a partition: highest hash wins, so that a change moves as little as possible. Source: rendezvous hashing, Thaler and Ravishankar 1998. */
export function preferred(partition: number | string, processes: Iterable<string>): string | undefined {
  let best: string | undefined;
  let highest = "";
  for (const process of processes) {
    const hash = createHash("md5").update(`${process}/${partition}`).digest("hex");
    if (hash > highest) {
      highest = hash;
      best = process;
    }
  }
  return best;
}

/**
 * The partition the server puts an actor's mail in. Source: `partition(n,1,2)` of nats-server, FNV-1a over the tokens.
 */
export function partitionOf(agent: string, id: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(agent + id)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
