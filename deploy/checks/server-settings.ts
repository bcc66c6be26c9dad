import { readFileSync } from "node:fs";
import type { Home } from "#deploy/home.ts";
import { bytes } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { bad, type Finding, good } from "./finding.ts";
import { askMonitor, type ServerSays } from "./monitor.ts";

/** The generated configuration, the same that `up` starts the server with. */
const CONFIG_FILE = new URL("../../nats.conf", import.meta.url);

const UNITS: Readonly<Record<string, number>> = { s: 1e9, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4, PB: 1024 ** 5 };

/** The server runs with the limits of our `nats.conf`. Where it is not ours, only the largest message can be told. */
export async function checkServerSettings(client: Client, home: Home): Promise<readonly Finding[]> {
  const wanted = readSettings(readFileSync(CONFIG_FILE, "utf8"));
  const payload = client.wire.nc.info?.max_payload ?? 0;
  const says = await askMonitor(home);
  const have = says === undefined ? { max_payload: payload } : settingsOf(says);
  const differing = Object.entries(have).filter(
    ([name, value]) => wanted[name] !== undefined && wanted[name] !== value,
  );
  if (differing.length > 0) {
    return differing.map(([name, value]) =>
      bad("settings", `${name} is ${value}, and nats.conf has ${wanted[name]}`, HINTS[name] ?? RESTART),
    );
  }
  if (says !== undefined) return [good("settings", `${Object.keys(have).length} settings, as nats.conf has them`)];
  return [good("settings", `messages up to ${bytes(payload)}; the rest cannot be told without its monitoring`)];
}

const RESTART = "restart thalassa up, or have whoever runs the server use the nats.conf of this version";

const HINTS: Readonly<Record<string, string>> = {
  max_payload: `smaller ones lose large events and snapshots: ${RESTART}`,
};

/** The settings of a `nats.conf` that are numbers, sizes or times. Units: bytes, ns. Shape: `{ ping_max: 2 }`. */
export function readSettings(text: string): Readonly<Record<string, number>> {
  const lines = text.matchAll(/^\s*([a-z_]+): "?(\d+)([a-zA-Z]*)"?$/gm);
  return Object.fromEntries([...lines].map(([, name, count, unit = ""]) => [name, Number(count) * (UNITS[unit] ?? 1)]));
}

/** What the server says, by the names of `nats.conf`. */
function settingsOf(says: ServerSays): Readonly<Record<string, number>> {
  const { max_memory: memory, max_storage: storage } = says.jetstream.config;
  return {
    max_payload: says.max_payload,
    ping_interval: says.ping_interval,
    ping_max: says.ping_max,
    write_deadline: says.write_deadline,
    max_memory_store: memory,
    max_file_store: storage,
  };
}
