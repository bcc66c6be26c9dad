import { z } from "zod";
import { asked, type Daemon } from "./daemon.ts";
import { endContainer } from "./lowering.ts";
import { LABELS, ofExecutor } from "./names.ts";
import { run } from "./running.ts";

const listedSchema = z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()) });

const wantedSchema = z.object({ diskMb: z.number() });

/** How long one workspace may take to be measured. */
const MEASURE_MS = 60_000;

/** Measures workspaces of the kind `plain` for as long as it is held, and ends environments that took more than is theirs. */
export function measuring(daemon: Daemon): Disposable {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    await measureAll(daemon, over.signal).catch(() => {});
    if (!over.signal.aborted) again();
  };
  const again = (): void => {
    timer = setTimeout(() => void round(), daemon.options.measureMs);
    timer.unref();
  };
  again();
  return {
    [Symbol.dispose]: () => {
      over.abort();
      clearTimeout(timer);
    },
  };
}

async function measureAll(daemon: Daemon, signal: AbortSignal): Promise<void> {
  const { api, options } = daemon;
  const plain = { label: [ofExecutor(options), `${LABELS.workspace}=plain`] };
  const { Volumes } = await asked("list volumes", api.listVolumes({ filters: plain }));
  const envs = new Set((Volumes ?? []).map(({ Labels }) => Labels?.[LABELS.env]));
  if (envs.size === 0) return;
  const answer = await asked("list containers", api.listContainers({ filters: { label: [ofExecutor(options)] } }));
  for (const { Id, Labels } of z.array(listedSchema).parse(answer)) {
    const env = Labels[LABELS.env];
    if (env === undefined || !envs.has(env)) continue;
    const { diskMb } = wantedSchema.parse(JSON.parse(Labels[LABELS.wanted] ?? ""));
    // One that cannot be measured now is measured the next time; it may be going.
    const takenMb = await measure(daemon, env, signal).catch(() => 0);
    if (takenMb > diskMb)
      await endContainer(daemon, Id, `its workspace took ${takenMb} MiB, more than its ${diskMb} MiB`);
  }
}

async function measure(daemon: Daemon, env: string, signal: AbortSignal): Promise<number> {
  const options = { timeoutMs: MEASURE_MS, maxBytes: 4_096, signal };
  const { stdout } = await run(daemon, env, ["du", "-sm", "/workspace"], options);
  return Number.parseInt(stdout.toString(), 10) || 0;
}
