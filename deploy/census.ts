import { errors } from "@nats-io/transport-node";
import { z } from "zod";
import type { Client, ProcessStatus } from "#runtime/mod.ts";
import { KINDS } from "#subjects/mod.ts";

/** A process on the bus. Units: `uptimeMs`. */
export type Counted = ProcessStatus & { readonly kind: string; readonly uptimeMs: number };

const statusSchema = z.object({
  process: z.string(),
  host: z.string(),
  pid: z.number(),
  partitions: z.number(),
  actors: z.number(),
  steps: z.number(),
  memoryBytes: z.number(),
});

/** Every process on the bus that answers, by kind and host, and the kinds of which none does. */
export async function countProcesses(
  client: Client,
): Promise<{ readonly processes: readonly Counted[]; readonly absent: readonly string[] }> {
  const services = await client.census().catch((error: unknown) => {
    // With not one process on the bus nobody listens to the question.
    if (
      error instanceof errors.NoRespondersError ||
      (error instanceof Error && error.cause instanceof errors.NoRespondersError)
    )
      return [];
    throw error;
  });
  const processes = services.flatMap(({ name, started, endpoints }) => {
    const { success, data } = statusSchema.safeParse(endpoints?.[0]?.data);
    return success ? [{ kind: name, uptimeMs: Date.now() - Date.parse(started), ...data }] : [];
  });
  const absent = KINDS.map(({ kind }) => kind).filter((kind) => !processes.some((each) => each.kind === kind));
  return { processes: processes.toSorted(byKindAndHost), absent };
}

function byKindAndHost(one: Counted, other: Counted): number {
  return one.kind.localeCompare(other.kind) || one.host.localeCompare(other.host) || one.pid - other.pid;
}
