import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { connectAs } from "#deploy/access.ts";
import { checkHosts } from "#deploy/checks/hosts.ts";
import { problemOfHost } from "#deploy/environments/missing.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer } from "#support/server.ts";

test("the doctor tells of hosts: of none, of one that does not answer, and of one that takes no environments", async () => {
  const home = mkdtempSync(join(tmpdir(), "thalassa-hosts-"));
  await using server = await startServer();
  await using client = await connectAs(OPERATOR, server);
  const told = async () => (await checkHosts(client)).map(({ level, message }) => `${level}: ${message}`);
  try {
    assert.deepEqual(await told(), ["warn: no host has said that it takes environments; jobs wait for one"]);
    const entry = { seq: 1, engine: "docker", running: 0, free: 4, at: Date.now() - 600_000 };
    await (await new Kvm(client.wire.js).open("VIEWS")).put("hosts.main.ada", JSON.stringify(entry));
    assert.match((await told()).join(), /^warn: ada does not answer, and last said something 10 min ago: /);
    const nowhere = { DOCKER_HOST: `unix://${home}/none`, THALASSA_EXECUTOR_ENGINE: "docker", THALASSA_HOME: home };
    const where = { THALASSA_API_PREFIX: apiPrefix("HANDS"), THALASSA_HOST: "ada" };
    await using executor = spawnKind("executor", server, { ...nowhere, ...where });
    await executor.ready();
    assert.match((await problemOfHost(client, "ada", Date.now() - 60_000)) ?? "", /^no Docker answers/);
    await eventually(told, ([line]) => /^warn: ada takes no environments: no Docker answers/.test(line ?? ""));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
