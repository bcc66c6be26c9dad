import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const ADDRESS = "main.channel.terminal-full";
/** How many messages are said while there is no room. */
const MUCH = 20;

const who = { party: "terminal", id: "ada" } as const;

test("a store at its limit takes nothing new, and what waits is taken once there is room", async () => {
  const limited = (conf: string): string => conf.replace("max_file_store: 1PB", "max_file_store: 12MB");
  await using server = await startServer({ conf: limited });
  await using channel = await readyChannel(server);
  await using client = await clientOf(server);
  await saidTo(client, "before");
  const operator = await server.connect("operator");
  const jsm = await jetstreamManager(operator);
  await jsm.streams.add({ name: "BALLAST", subjects: ["ballast"] });
  await fill((body) => jsm.jetstream().publish("ballast", body, { timeout: 1_000 }));

  const waiting = sayMuch(client);
  await refusedSome(channel, client);
  await jsm.streams.delete("BALLAST");
  await waiting;
  await assertEachOnce(client, 1 + MUCH);
});

test("a disk that ran full loses nothing: with room again and the server started anew, what waits is taken", async (t) => {
  using disk = smallDisk(t);
  if (disk === undefined) return;
  const onDisk = (conf: string): string => conf.replace("$THALASSA_STORE", JSON.stringify(join(disk.path, "store")));
  await using server = await startServer({ conf: onDisk });
  await using channel = await readyChannel(server);
  await using client = await clientOf(server);
  await saidTo(client, "before");
  const ballast = join(disk.path, "ballast");
  assert.throws(() => writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024)), { code: "ENOSPC" });

  const waiting = sayMuch(client);
  await refusedSome(channel, client);
  rmSync(ballast);
  await server.restart();
  await waiting;
  await assertEachOnce(client, 1 + MUCH);
});

async function readyChannel(server: TestServer): Promise<KindProcess> {
  const channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0" });
  await channel.ready();
  return channel;
}

function clientOf(server: TestServer): Promise<Client> {
  const seed = readSeed(server.keysDir, "terminal");
  return Client.connect({ url: server.url, user: "terminal", seed, name: "test-terminal" }, apiPrefix("EDGE"));
}

/** Says something and waits until it is answered, however long that takes. */
async function saidTo(client: Client, text: string): Promise<void> {
  const answered = Promise.withResolvers<void>();
  let heard = -1;
  using _follower = client.follow(ADDRESS, {
    fromSeq: 0,
    onRecord: (record) => {
      if (record.event === "heard" && (record.data as { text: string }).text === text) heard = record.seq;
      if ((record.data as { answers?: number[] }).answers?.includes(heard)) answered.resolve();
    },
  });
  await client.send(ADDRESS, "hear", { text, who });
  await answered.promise;
}

/** Fills a store until it refuses. */
async function fill(publish: (body: Uint8Array) => Promise<unknown>): Promise<void> {
  for (let size = 512 * 1024; size >= 64; size = Math.floor(size / 2)) {
    const body = new Uint8Array(size);
    for (let refused = false; !refused; ) await publish(body).catch(() => (refused = true));
  }
}

/** More than fits into what is left of files begun. */
async function sayMuch(client: Client): Promise<void> {
  const texts = Array.from({ length: MUCH }, (_, n) => `${n} while it is full ${"x".repeat(8_000)}`);
  await Promise.all(texts.map((text) => saidTo(client, text)));
}

/** Waits until the bus has had time to refuse what does not fit; not all of it is in the log. */
async function refusedSome(channel: KindProcess, client: Client): Promise<void> {
  const until = performance.now() + 1_500;
  await eventually(() => performance.now() > until);
  assert.equal(channel.isAlive, true);
  const heard = (await client.history(ADDRESS)).filter((record) => record.event === "heard");
  assert.ok(heard.length < 1 + MUCH, `${heard.length} were heard on a full disk`);
}

async function assertEachOnce(client: Client, messages: number): Promise<void> {
  const history = await client.history(ADDRESS);
  const heard = history.filter((record) => record.event === "heard").map((record) => record.seq);
  const answered = history.flatMap((record) => (record.data as { answers?: number[] }).answers ?? []);
  assert.equal(heard.length, messages);
  assert.deepEqual(
    answered.toSorted((a, b) => a - b),
    heard,
  );
}

/** A disk of a few megabytes; only root may have one. */
function smallDisk(t: TestContext): ({ readonly path: string } & Disposable) | undefined {
  if (process.getuid?.() !== 0 || process.platform !== "linux") {
    t.skip("only root on Linux may mount a small disk");
    return undefined;
  }
  const path = mkdtempSync(join(tmpdir(), "thalassa-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", path]);
  return {
    path,
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
