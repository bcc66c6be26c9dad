import { readBus } from "#deploy/bus-file.ts";
import type { Home } from "#deploy/home.ts";
import { OLDEST_NATS_SERVER } from "#deploy/nats-release.ts";
import { isAtLeast } from "#deploy/nats-version.ts";
import { bytes } from "#deploy/table.ts";
import { upSettings } from "#deploy/up-settings.ts";
import type { Client } from "#runtime/mod.ts";
import { KINDS, logStream } from "#subjects/mod.ts";
import { bad, type Finding, good, warn } from "./finding.ts";
import { askMonitor, syncFromEnvironment } from "./monitor.ts";

/** The server is one that has what the contract needs. */
export function checkVersion(client: Client): readonly Finding[] {
  const version = client.wire.nc.info?.version ?? "unknown";
  if (isAtLeast(version, OLDEST_NATS_SERVER)) return [good("server", `nats-server ${version}`)];
  return [bad("server", `nats-server ${version}, and ${OLDEST_NATS_SERVER} is needed`, "update it, then thalassa up")];
}

/** JetStream answers. */
export async function checkJetStream(client: Client): Promise<readonly Finding[]> {
  const { memory, storage, streams, consumers } = await client.wire.jsm.getAccountInfo();
  const held = `${streams} streams, ${consumers} consumers, ${bytes(storage)} on disk, ${bytes(memory)} in memory`;
  return [good("jetstream", held)];
}

/** Which crashes may cost what, as the server is really set. */
export async function checkDurability(
  client: Client,
  home: Home,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Finding[]> {
  const [first] = KINDS;
  const replicas = first && (await client.wire.jsm.streams.info(logStream(first.kind))).config.num_replicas;
  if (replicas !== undefined && replicas > 1) {
    return [good("durability", `cluster: ${replicas} replicas; a host may be lost with all it has`)];
  }
  const sync = await syncOfServer(home);
  if (sync === undefined) {
    const asking = "ask whoever runs the server, or turn its monitoring on";
    return [warn("durability", "one replica; how often it syncs is unknown", asking)];
  }
  const wanted = upSettings({ chat: false }, env).durability;
  const runs = sync === "always" ? "disk" : "process";
  if (runs !== wanted && readBus(home)?.pid !== undefined) {
    return [warn("durability", `${runs}, and ${wanted} is set`, "restart thalassa up, which then runs with it")];
  }
  if (runs === "disk") return [good("durability", "disk: every write is synced before it counts")];
  return [good("durability", `process: a killed process or server loses nothing; a power cut, the last ${sync}`)];
}

/** How often the server syncs its files, or `always`. */
async function syncOfServer(home: Home): Promise<string | undefined> {
  const says = await askMonitor(home);
  if (says === undefined) return syncFromEnvironment(readBus(home));
  const { sync_always: always, sync_interval: interval } = says.jetstream.config;
  return always ? "always" : `${interval / 1e9} s`;
}
