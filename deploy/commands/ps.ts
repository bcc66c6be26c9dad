import { type Bus, connectAs, findBus } from "#deploy/access.ts";
import { readBus } from "#deploy/bus-file.ts";
import { countProcesses } from "#deploy/census.ts";
import { httpHere } from "#deploy/checks/http.ts";
import { withoutSecrets } from "#deploy/secrets/hiding.ts";
import { bytes, duration, table } from "#deploy/table.ts";
import { isSetUpFirst, lackAndRemedy, lackHere, notStarted } from "#deploy/unconfigured.ts";
import { OPERATOR, TAP } from "#subjects/mod.ts";

/** Shows what runs on the bus. */
export async function ps(options: { readonly json?: true }): Promise<number> {
  const bus = findBus();
  await using client = await connectAs(TAP, bus);
  const { processes, absent } = await countProcesses(client);
  const http = await httpHere(bus.home);
  const gone = await Promise.all(absent.map(async (kind) => ({ kind, lack: await lackOf(kind, bus) })));
  const print = (line: string): void => void process.stdout.write(`${withoutSecrets(line)}\n`);
  if (options.json) {
    for (const each of processes) print(JSON.stringify({ ...each, running: true }));
    for (const { kind, lack } of gone) {
      const why = lack === undefined ? whyAbsent(kind) : lackAndRemedy(kind, lack);
      print(JSON.stringify({ kind, running: false, why }));
    }
    if (http !== undefined)
      print(JSON.stringify({ kind: "http", running: http.isReady, url: http.url, why: http.why }));
    return 0;
  }
  const rows = processes.map(({ kind, process: name, host, pid, partitions, actors, steps, memoryBytes, uptimeMs }) => [
    ...[kind, host, pid, partitions, actors, steps, bytes(memoryBytes), duration(uptimeMs), name],
  ]);
  const titles = ["KIND", "HOST", "PID", "PARTITIONS", "ACTORS", "STEPS", "MEMORY", "UP", "PROCESS"];
  if (rows.length > 0) for (const line of table(titles, rows)) print(line);
  const { url, pid, version } = readBus(bus.home) ?? {};
  if (url === bus.url && pid !== undefined) print(`bus: nats-server ${version} at ${url}, process ${pid}`);
  if (http !== undefined) print(`http: ${http.url}, ${http.isReady ? "ready" : `not ready: ${http.why}`}`);
  for (const { kind, lack } of gone)
    print(lack === undefined ? `${kind} does not run: ${whyAbsent(kind)}` : notStarted(kind, lack));
  return 0;
}

/** What a kind that is to be set up first lacks, as far as whoever asks may know. */
async function lackOf(kind: string, bus: Bus): Promise<string | undefined> {
  if (!isSetUpFirst(kind)) return undefined;
  try {
    await using operator = await connectAs(OPERATOR, bus);
    return await lackHere(kind, operator);
  } catch {
    return undefined;
  }
}

function whyAbsent(kind: string): string {
  return `no process of it answers on this bus; start one with thalassa up, or thalassa up --only ${kind}`;
}
