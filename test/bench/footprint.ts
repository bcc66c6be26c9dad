import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import type { KindProcess } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import type { TestServer } from "#support/server.ts";

/** Loads the report of memory into a process that a bench starts. */
export const REPORTING = {
  NODE_OPTIONS: `--expose-gc --import=${new URL("./memory-report.ts", import.meta.url).href}`,
} as const;

/** What a process of actors still uses once its garbage is collected. Units: bytes. */
export type Memory = { readonly heapUsed: number; readonly rss: number };

/** What the server uses. Units: KiB. */
export type ServerFootprint = { readonly memoryKiB: number; readonly diskKiB: number };

/** Asks a process, started with `REPORTING`, to collect its garbage and say what is left. */
export async function memoryOf(child: KindProcess): Promise<Memory> {
  const before = child.lines.length;
  process.kill(child.pid, "SIGUSR2");
  const line = await eventually(() => child.lines.slice(before).find(({ event }) => event === "memory"));
  return { heapUsed: Number(line?.heapUsed), rss: Number(line?.rss) };
}

/** What the operating system says the server uses. */
export function footprintOf(server: TestServer): ServerFootprint {
  const store = join(dirname(server.keysDir), "store");
  return {
    memoryKiB: Number(execFileSync("ps", ["-o", "rss=", "-p", `${server.pid}`], { encoding: "utf8" })),
    diskKiB: Number.parseInt(execFileSync("du", ["-sk", store], { encoding: "utf8" }), 10),
  };
}
