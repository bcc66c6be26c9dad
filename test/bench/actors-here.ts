import type { ServiceStats } from "@nats-io/services";
import { eventually } from "#support/eventually.ts";
import type { Bed } from "./bed.ts";

/** The longest it may take until all have left memory; a great many take a while. Units: ms. */
const LEFT_MS = 600_000;

/** Resolves when the only process of channels has no actor in memory. */
export async function untilEmpty(bed: Bed): Promise<void> {
  const operator = await bed.operator();
  const actors = async (): Promise<unknown> => {
    const stats = (await operator.request("$SRV.STATS.channel", "", { timeout: 5_000 })).json<ServiceStats>();
    return (stats.endpoints?.[0]?.data as { readonly actors: number } | undefined)?.actors;
  };
  await eventually(actors, (count) => count === 0, LEFT_MS);
}
