import type { Client } from "#runtime/mod.ts";
import { type Address, commitFilter, logStream, parseCommit } from "#subjects/mod.ts";

/** Every actor of a kind that has a log, and how many records it holds. Costs the server a look at each subject. */
export async function actorsOf(client: Client, kind: string): Promise<ReadonlyMap<Address, number>> {
  const everything = commitFilter(`*.${kind}.*` as Address);
  const { state } = await client.wire.jsm.streams.info(logStream(kind), { subjects_filter: everything });
  const counts = new Map<Address, number>();
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    const { address } = parseCommit(subject);
    counts.set(address, (counts.get(address) ?? 0) + count);
  }
  return counts;
}
