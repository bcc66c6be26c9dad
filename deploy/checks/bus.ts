import { z } from "zod";
import { readBus } from "#deploy/bus-file.ts";
import type { Home } from "#deploy/home.ts";
import { OLDEST_NATS_SERVER } from "#deploy/nats-release.ts";
import { isAtLeast } from "#deploy/nats-version.ts";
import type { Client } from "#runtime/mod.ts";
import { KINDS, logStream } from "#subjects/mod.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Clocks further apart than this are worth knowing: mail is judged by its time. Units: ms. */
const MAX_SKEW_MS = 2_000;

/** How long the monitoring port has to answer. Units: ms. */
const MONITOR_MS = 2_000;

/** The part of `/jsz` that is read. Source: nats-server, JetStreamConfig. Units: nanoseconds. */
const monitorSchema = z.object({
  config: z.object({ sync_interval: z.number().optional(), sync_always: z.boolean().optional() }),
});

/** The server is one that has what the contract needs. */
export function checkVersion(client: Client): readonly Finding[] {
  const version = client.wire.nc.info?.version ?? "unknown";
  if (isAtLeast(version, OLDEST_NATS_SERVER)) return [good("server", `nats-server ${version}`)];
  return [bad("server", `nats-server ${version}, and ${OLDEST_NATS_SERVER} is needed`, "update it, then thalassa up")];
}

/** JetStream answers. */
export async function checkJetStream(client: Client): Promise<readonly Finding[]> {
  const { memory, storage, streams, consumers } = await client.wire.jsm.getAccountInfo();
  const held = `${streams} streams, ${consumers} consumers, ${storage} bytes on disk, ${memory} in memory`;
  return [good("jetstream", held)];
}

/** Our clock and the server's agree. */
export async function checkClock(client: Client): Promise<readonly Finding[]> {
  const [first] = KINDS;
  if (first === undefined) return [];
  const sentAt = Date.now();
  const { ts } = await client.wire.jsm.streams.info(logStream(first.kind));
  const tookMs = Date.now() - sentAt;
  const skewMs = Math.round(Date.parse(`${ts}`) - sentAt - tookMs / 2);
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return [good("clock", `within ${Math.abs(skewMs)} ms of the server's`)];
  return [
    warn("clock", `the server's is ${skewMs} ms from ours`, "set both by NTP: duplicates and timers go by the clock"),
  ];
}

/** Which crashes may cost what, as the server is really set. */
export async function checkDurability(client: Client, home: Home): Promise<readonly Finding[]> {
  const [first] = KINDS;
  const replicas = first && (await client.wire.jsm.streams.info(logStream(first.kind))).config.num_replicas;
  if (replicas !== undefined && replicas > 1) {
    return [good("durability", `cluster: ${replicas} replicas; a host may be lost with all it has`)];
  }
  const monitor = readBus(home)?.monitor;
  if (monitor === undefined) {
    return [
      warn(
        "durability",
        "one replica; how often it syncs is unknown",
        "ask whoever runs the server, or turn its monitoring on",
      ),
    ];
  }
  const answer = await fetch(`${monitor}/jsz?config=true`, { signal: AbortSignal.timeout(MONITOR_MS) });
  const { config } = monitorSchema.parse(await answer.json());
  if (config.sync_always) return [good("durability", "disk: every write is synced before it counts")];
  const seconds = (config.sync_interval ?? 0) / 1e9;
  return [good("durability", `process: a killed process or server loses nothing; a power cut, the last ${seconds} s`)];
}
