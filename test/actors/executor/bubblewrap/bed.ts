import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bubblewrapEngine } from "#actors/executor/bubblewrap/mod.ts";
import type { Engine, EngineEvent } from "#actors/executor/engine.ts";
import type { Bounds } from "#subjects/order.ts";

/** What environments of these tests may use; little, so that it is soon used up. */
export const BOUNDS: Bounds = { cpus: 1, memoryMb: 128, pids: 48, diskMb: 32 };

/** An engine in a folder of its own, and what tests do with it. */
export type Bed = AsyncDisposable & {
  readonly engine: Engine;
  readonly dir: string;
  readonly doorDir: string;
  up(env: string, bounds?: Partial<Bounds>): Promise<void>;
  /** What a line of shell gives. */
  line(env: string, text: string, timeoutMs?: number): Promise<{ code: number; out: string; err: string }>;
};

/** Makes a bed; all environments go with it. */
export async function bedOf(): Promise<Bed> {
  const root = await mkdtemp(join(tmpdir(), "bubblewrap-"));
  const [dir, doorDir] = [join(root, "environments"), join(root, "door")];
  await mkdir(doorDir, { mode: 0o755 });
  const engine = bubblewrapEngine({ dir, lookMs: 50, measureMs: 200, connectorIdleMs: 500 });
  return {
    ...{ engine, dir, doorDir },
    async up(env, bounds = {}) {
      await engine.up({ env, bounds: { ...BOUNDS, ...bounds }, doorDir }, AbortSignal.timeout(30_000));
    },
    async line(env, text, timeoutMs = 10_000) {
      const { code, stdout, stderr } = await engine.run(env, ["sh", "-c", text], { timeoutMs });
      return { code, out: `${stdout}`.trim(), err: `${stderr}`.trim() };
    },
    async [Symbol.asyncDispose]() {
      for (const { env } of await engine.list()) await engine.down(env, { keep: false });
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** What is told of environments until it is disposed of. */
export function watched(engine: Engine): AsyncDisposable & { readonly told: readonly EngineEvent[] } {
  const over = new AbortController();
  const told: EngineEvent[] = [];
  const watching = (async () => {
    for await (const event of engine.watch(over.signal)) told.push(event);
  })();
  return {
    told,
    async [Symbol.asyncDispose]() {
      over.abort();
      await watching;
    },
  };
}
