import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { hostViewSchema } from "#subjects/executor.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer } from "#support/server.ts";

test("the process of a host says what it is made of, or why it can run nothing, without being asked", async () => {
  const home = await mkdtemp(join(tmpdir(), "thalassa-home-"));
  await using server = await startServer();
  const seed = readSeed(server.keysDir, OPERATOR);
  await using client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "test" });
  const prefix = { THALASSA_API_PREFIX: apiPrefix("HANDS"), THALASSA_HOST: "ada" };
  const nowhere = { DOCKER_HOST: `unix://${home}/none`, THALASSA_EXECUTOR_ENGINE: "docker" };
  const bounds = { THALASSA_EXECUTOR_ENVIRONMENTS: "3" };
  const env = { ...prefix, ...nowhere, ...bounds, THALASSA_HOME: home };
  try {
    await using _ = spawnKind("executor", server, env);
    const entry = await eventually(
      () => client.entry("VIEWS", "hosts.main.ada"),
      (seen) => seen !== undefined,
      20_000,
    );
    const { engine, running, free, problem } = hostViewSchema.parse(entry);
    assert.deepEqual({ engine, running, free }, { engine: "docker", running: 0, free: 0 });
    assert.ok(problem !== undefined && problem !== "", "it says why");
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
