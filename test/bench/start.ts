import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { terminalContract } from "#subjects/clients.ts";
import { addressOf } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";

/** Where nats-server was kept by whoever ran it before: fetching it is not measured. */
const CACHE = process.env.THALASSA_CACHE || join(homedir(), ".thalassa", "cache");

/** How long it takes until somebody is there. */
export const start: Bench = {
  name: "start",
  about:
    "from nothing to the first answer: `thalassa up` in an empty home, and one process of a kind with mail waiting",
  run: async (run) => {
    await measureProcess(run);
    await measureUp(run);
  },
};

async function measureProcess({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  const samples: number[] = [];
  for (let round = 0; round < (quick ? 4 : 20); round++) {
    const address = addressOf("main", "channel", `start-${round}`);
    const answer = bed.speaker.say(address, "hello");
    await bed.speaker.client.wire.nc.flush();
    const startedAt = performance.now();
    const starting = bed.startChannel();
    await answer;
    samples.push(performance.now() - startedAt);
    await (await starting).leave();
  }
  report(figure("start: a process, until its first turn", "ms", samples, [{ of: "median", most: 200 }]));
}

async function measureUp({ quick, report }: BenchRun): Promise<void> {
  const samples: number[] = [];
  for (let round = 0; round < (quick ? 2 : 10); round++) samples.push(await firstAnswerOfUp());
  report(figure("start: thalassa up, until its first answer", "ms", samples, [{ of: "median", most: 3_000 }]));
}

async function firstAnswerOfUp(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "thalassa-bench-"));
  const startedAt = performance.now();
  const env = { ...process.env, THALASSA_HOME: home, THALASSA_CACHE: CACHE, THALASSA_OFFLINE_PACE_MS: "0" };
  const args = [resolve("bin/thalassa.js"), "up", "--no-chat", "--port", "0", "--json"];
  const up = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(up, "exit");
  try {
    const user = terminalContract.client;
    const url = await untilUp(up);
    const access = { url, user, seed: readSeed(join(home, "keys"), user), name: user };
    await using client = await Client.connect(access, apiPrefix(terminalContract.account));
    const address = addressOf("main", "channel", "terminal-default");
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    using _log = client.follow(address, {
      fromSeq: 0,
      onRecord: ({ event }) => (event === "said" ? answer() : undefined),
    });
    await client.send(address, "hear", { text: "hello", who: { party: "terminal", id: "bench" } });
    await answered;
    return performance.now() - startedAt;
  } finally {
    up.kill("SIGTERM");
    await exited;
    rmSync(home, { recursive: true, force: true });
  }
}

/** Throws: Error when it ends before it is up. */
function untilUp(up: ChildProcess): Promise<string> {
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  up.once("exit", (code) => reject(new Error(`thalassa up ended with ${code} before it was up`)));
  if (up.stdout !== null)
    createInterface({ input: up.stdout }).on("line", (line) => {
      const said: { readonly event?: string; readonly url?: string } = JSON.parse(line);
      if (said.event === "up" && said.url !== undefined) found(said.url);
    });
  return promise;
}
