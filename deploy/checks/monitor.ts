import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Bus, readBus } from "#deploy/bus-file.ts";
import type { Home } from "#deploy/home.ts";

/** How long the monitoring port has to answer. Units: ms. */
const MONITOR_MS = 2_000;

/** The part of `/varz` that is read. Source: nats-server, Varz. Units: nanoseconds, bytes. */
const varzSchema = z.object({
  max_payload: z.number(),
  ping_interval: z.number(),
  ping_max: z.number(),
  write_deadline: z.number(),
  jetstream: z.object({
    config: z.object({
      max_memory: z.number(),
      max_storage: z.number(),
      sync_interval: z.number().default(0),
      sync_always: z.boolean().default(false),
    }),
  }),
});

/** What the server says of its own settings. */
export type ServerSays = z.output<typeof varzSchema>;

/** Asks the monitoring port of the bus of a home; nothing where it has none. Throws: Error when it does not answer. */
export async function askMonitor(home: Home): Promise<ServerSays | undefined> {
  const monitor = readBus(home)?.monitor;
  if (monitor === undefined) return undefined;
  const answer = await fetch(`${monitor}/varz`, { signal: AbortSignal.timeout(MONITOR_MS) });
  return varzSchema.parse(await answer.json());
}

/** How often the server of a home was told to sync, as its environment has it; where monitoring is off. Shape: `1 s`. */
export function syncFromEnvironment(bus: Bus | undefined): string | undefined {
  if (bus?.pid === undefined) return undefined;
  try {
    const variables = readFileSync(`/proc/${bus.pid}/environ`, "utf8").split("\0");
    const sync = variables.find((each) => each.startsWith("THALASSA_SYNC="));
    return /^THALASSA_SYNC="(.*)"$/.exec(sync ?? "")?.[1]?.replace(/(?<=\d)(?=[a-z])/, " ");
  } catch {
    return undefined;
  }
}
