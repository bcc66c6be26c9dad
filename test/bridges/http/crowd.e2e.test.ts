import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { HttpBed } from "#support/http-bed.ts";
import { startServer } from "#support/server.ts";

/** So many requests wait at the same time, on so many channels. */
const CROWD = { requests: 10_000, channels: 100 } as const;

/** What the bridge may grow by for each request that waits, while they come all at once. Units: bytes. */
const MAX_GROWTH = 64 * 1024;

/** Somebody who does not wait is answered within this, half of the time. Units: ms. */
const PROMPT_MS = 5_000;

type Headers = Readonly<Record<string, string>>;
type Answer = { readonly status: number; readonly body: { readonly reply?: string; readonly code?: string } };

test("ten thousand waiting requests do no harm: all are answered, and others promptly meanwhile", {
  timeout: 300_000,
}, async (t) => {
  await using server = await startServer();
  await using channel = spawnKind("channel", server, {
    THALASSA_LOG: "info",
    THALASSA_OFFLINE_PACE_MS: "0",
  });
  await channel.ready();
  await using bed = new HttpBed(server, {
    THALASSA_LOG: "info",
    THALASSA_HTTP_RATE: "100000",
    THALASSA_HTTP_WAITS: "9900",
    THALASSA_HTTP_TOKEN_WAITS: "9900",
    THALASSA_HTTP_WAIT_MS: "120000",
  });
  await bed.start();
  const headers = await bed.token("crowd");
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const before = residentBytes(bed.process.pid);
  // Whoever is to answer sleeps until all have come, as behind a model that takes its time.
  channel.stop();
  const counts = { waiting: 0 };
  const answers = Array.from({ length: CROWD.requests }, (_, index) => {
    const body = { channel: `crowd-${index % CROWD.channels}`, text: `message ${index}`, wait: true };
    counts.waiting++;
    return post(bed.url, agent, headers, body).finally(() => counts.waiting--);
  });
  const turnedAway = CROWD.requests - 9_900;
  await eventually(
    () => counts.waiting,
    (waiting) => waiting === 9_900,
    120_000,
  );
  const grown = residentBytes(bed.process.pid) - before;
  const others = await promptness(bed.url, agent, headers);
  channel.cont();
  const all = await Promise.all(answers);
  agent.destroy();
  t.diagnostic(
    `${Math.round(grown / 2 ** 20)} MiB for ${CROWD.requests} requests; others after ${others.join(", ")} ms`,
  );
  const byStatus = Object.groupBy(all, ({ status, body }) => `${status} ${body.code ?? ""}`.trim());
  assert.deepEqual(Object.fromEntries(Object.entries(byStatus).map(([status, each]) => [status, each?.length])), {
    200: 9_900,
    "429 too-many-waits": turnedAway,
  });
  const replies = all.filter(({ status }) => status === 200).map(({ body }) => body.reply);
  assert.ok(replies.every((reply) => reply !== undefined && reply !== ""));
  assert.ok(grown < CROWD.requests * MAX_GROWTH, `it grew by ${grown} bytes`);
  assert.ok((others[Math.floor(others.length / 2)] ?? 0) < PROMPT_MS, `others were answered after ${others} ms`);
});

/** How long those take who do not wait, sorted. Units: ms. */
async function promptness(url: string, agent: Agent, headers: Headers): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = 0; at < 20; at++) {
    const startedAt = performance.now();
    const { status } = await post(url, agent, headers, { channel: "apart", text: "I do not wait" });
    assert.equal(status, 202);
    times.push(Math.round(performance.now() - startedAt));
    await delay(20);
  }
  return times.sort((one, other) => one - other);
}

function post(url: string, agent: Agent, headers: Headers, body: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(`${url}/v1/messages`, { method: "POST", agent, headers }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    response.on("error", reject);
  });
  asked.on("error", reject);
  asked.end(JSON.stringify(body));
  return promise;
}

/** What a process holds in memory; 0 where the system does not tell. Units: bytes. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
