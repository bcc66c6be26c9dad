import { randomBytes } from "node:crypto";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { workerOf } from "#subjects/job.ts";
import { OPERATOR, parseSubject } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { startServer, type TestServer } from "#support/server.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";
import { footprintOf, memoryOf, REPORTING } from "./footprint.ts";
import { HostBed } from "./host-bed.ts";

/** A job that is not where it should be after so long is lost. Units: ms. */
const LOST_MS = 120_000;

/** A model that answers at once, and a process that logs little and says what memory it uses. */
const PROCESS = { THALASSA_OFFLINE_PACE_MS: "0", THALASSA_LOG: "info", ...REPORTING } as const;

/** Environments small enough that a hundred fit. */
const SMALL = { THALASSA_ENVIRONMENT_MEMORY_MB: "64", THALASSA_ENVIRONMENT_DISK_MB: "16" } as const;

/** Where a job's own time goes: a thought, a line of shell in its own environment, a thought. */
const TASK = "say hi\n$ echo hi";

/** Jobs side by side, and jobs that wait. */
export const jobs: Bench = {
  name: "jobs",
  about:
    "100 jobs at once, each with an environment of Docker of its own, two thoughts of a model that answers at once, and a " +
    "line of shell; and 1,000 jobs that wait for their turn",
  run: async (run) => {
    await measureAtOnce(run);
    await measureQueued(run);
  },
};

async function measureAtOnce({ quick, report }: BenchRun): Promise<void> {
  const count = quick ? 4 : 100;
  await using server = await startServer();
  const all = { THALASSA_JOBS_AT_ONCE: `${count}`, THALASSA_JOBS_PERSON_AT_ONCE: `${count}` };
  await using crew = await Crew.make(server, all);
  await using host = await HostBed.make(server, REPORTING);
  const begunAt = performance.now();
  const ends = await crew.spawn(count, "completed");
  const wholeMs = performance.now() - begunAt;
  report(figure(`jobs: ${count} at once, until one is completed`, "ms", ends));
  report(figure(`jobs: ${count} at once, completed`, "/s", [(count / wholeMs) * 1_000]));
  await crew.tellMemory(`${count} at once`, report);
  report(figure(`jobs: ${count} at once, executor RSS`, "MiB", [mebibytes((await memoryOf(host.process)).rss)]));
}

async function measureQueued({ quick, report }: BenchRun): Promise<void> {
  const count = quick ? 50 : 1_000;
  await using server = await startServer();
  const one = { THALASSA_JOBS_AT_ONCE: "1", THALASSA_JOBS_PERSON_QUEUED: `${count}` };
  // Without a host the first one waits for it, and all others for the first.
  await using crew = await Crew.make(server, one);
  const before = await crew.memory();
  const begunAt = performance.now();
  const queued = await crew.spawn(count, "claimed");
  const wholeMs = performance.now() - begunAt;
  report(figure(`jobs: ${count} waiting, until its turn is waited for`, "ms", queued));
  report(figure(`jobs: ${count} waiting, until all are queued`, "ms", [wholeMs]));
  const after = await crew.memory();
  const added = (after.worker + after.cortex - before.worker - before.cortex) / count / 1_024;
  report(figure(`jobs: ${count} waiting, heap of worker and cortex a job`, "KiB", [added]));
  await crew.tellMemory(`${count} waiting`, report);
}

/** The processes that jobs take besides a host. */
class Crew implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #client: Client;
  readonly #worker: KindProcess;
  readonly #cortex: KindProcess;

  private constructor(server: TestServer, client: Client, worker: KindProcess, cortex: KindProcess) {
    this.#server = server;
    this.#client = client;
    this.#worker = worker;
    this.#cortex = cortex;
  }

  static async make(server: TestServer, env: Readonly<Record<string, string>>): Promise<Crew> {
    const seed = readSeed(server.keysDir, OPERATOR);
    const client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "bench" });
    const worker = spawnKind("worker", server, { ...PROCESS, ...SMALL, ...env });
    const cortex = spawnKind("cortex", server, { ...PROCESS, ...env });
    const crew = new Crew(server, client, worker, cortex);
    await Promise.all([worker.ready(), cortex.ready()]);
    return crew;
  }

  /** Begins so many jobs at once. Gives for each how long it took until it waited for its turn, or was completed. Units: ms. */
  async spawn(count: number, event: "claimed" | "completed"): Promise<readonly number[]> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begunAt = new Map<string, number>();
    const took: number[] = [];
    const subscription = this.#client.wire.nc.subscribe("thalassa.*.*.*.log.*", {
      callback: (error, message) => {
        if (error !== null) return;
        const { address, name } = parseSubject(message.subject);
        // That a job waits is said by the one who gives turns.
        const at = begunAt.get(name === "claimed" ? message.json<{ by: string }>().by : address);
        if (at === undefined) return;
        if (name === "failed") reject(new Error(`${address} failed`));
        if (name === event && took.push(performance.now() - at) === count) resolve();
      },
    });
    const lost = setTimeout(() => reject(new Error(`${took.length} of ${count} jobs were ${event}`)), LOST_MS);
    try {
      const who = { party: "terminal", id: "bench" };
      const data = { assignment: { type: "task", text: TASK }, who };
      const sent = Array.from({ length: count }, () => {
        const id = randomBytes(12).toString("base64url");
        const address = workerOf("main", id);
        begunAt.set(address, performance.now());
        return this.#client.send(address, "spawn", data, { id });
      });
      await Promise.all([...sent, promise]);
    } finally {
      clearTimeout(lost);
      subscription.unsubscribe();
    }
    return took;
  }

  /** Units: bytes of heap after garbage was collected. */
  async memory(): Promise<{ readonly worker: number; readonly cortex: number }> {
    const [worker, cortex] = [await memoryOf(this.#worker), await memoryOf(this.#cortex)];
    return { worker: worker.heapUsed, cortex: cortex.heapUsed };
  }

  /** What all of them use. */
  async tellMemory(when: string, report: BenchRun["report"]): Promise<void> {
    const [worker, cortex] = [await memoryOf(this.#worker), await memoryOf(this.#cortex)];
    report(figure(`jobs: ${when}, worker RSS`, "MiB", [mebibytes(worker.rss)]));
    report(figure(`jobs: ${when}, cortex RSS`, "MiB", [mebibytes(cortex.rss)]));
    report(figure(`jobs: ${when}, server RSS`, "MiB", [footprintOf(this.#server).memoryKiB / 1_024]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#worker.kill(), this.#cortex.kill()]);
    await this.#client[Symbol.asyncDispose]();
  }
}

function mebibytes(bytes: number): number {
  return bytes / 1_024 ** 2;
}
