import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { holderOf } from "#actors/executor/bubblewrap/holder.ts";
import { placeOf } from "#actors/executor/bubblewrap/place.ts";
import { doorArgv, doorsOn } from "#actors/executor/door/mod.ts";
import { EngineError } from "#actors/executor/engine.ts";
import { programsOnPath } from "#deploy/program.ts";
import { eventually } from "#support/eventually.ts";
import { needs } from "#support/needs.ts";
import { type Bed, bedOf, watched } from "./bed.ts";

const skip = needs("bubblewrap");
const withSocat = skip || (programsOnPath("socat", process.env).length === 0 && "there is no socat");

let bed: Bed;
before(async () => {
  bed = await bedOf();
});
after(() => bed[Symbol.asyncDispose]());

test("an engine that can be used says so, and which bounds are kept less well", { skip }, async () => {
  const { problem, notes } = await bed.engine.probe();
  assert.equal(problem, undefined);
  assert.ok(notes.some((note) => note.includes("seccomp")));
});

test("a workspace outlives its environment until it is thrown away", { skip }, async () => {
  await bed.up("kept");
  await bed.up("kept");
  await bed.line("kept", "echo mine > /workspace/a; mkdir -p closed; chmod 000 closed");
  await bed.engine.down("kept", { keep: true });
  await bed.engine.down("kept", { keep: true });
  assert.deepEqual(
    (await bed.engine.list()).map(({ env, state }) => [env, state]),
    [["kept", "kept"]],
  );
  await bed.up("kept");
  assert.equal((await bed.line("kept", "cat a")).out, "mine");
  await bed.engine.down("kept", { keep: false });
  assert.deepEqual(await bed.engine.list(), []);
  await bed.engine.down("never-was", { keep: false });
});

test("a program is run to its end with its input, its outputs and its code", { skip }, async () => {
  await bed.up("runs");
  const script = "cat; echo err >&2; pwd; exit 3";
  const ran = await bed.engine.run("runs", ["sh", "-c", script], { timeoutMs: 5_000, stdin: "in\n", cwd: "/tmp" });
  assert.deepEqual([ran.code, `${ran.stdout}`, `${ran.stderr}`, ran.cut], [3, "in\n/tmp\n", "err\n", false]);
  const much = await bed.engine.run("runs", ["head", "-c", "100000", "/dev/zero"], {
    timeoutMs: 5_000,
    maxBytes: 1_000,
  });
  assert.deepEqual([much.stdout.length, much.cut], [1_000, true]);
  assert.equal((await bed.engine.run("runs", ["no-such-program"], { timeoutMs: 5_000 })).code, 127);
});

test("a program that ignores SIGTERM ends when its time is over, or when nobody wants it any more", {
  skip,
}, async () => {
  await bed.up("stubborn");
  const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 7777; done"];
  assert.equal((await bed.engine.run("stubborn", stubborn, { timeoutMs: 300 })).code, 137);
  const signal = AbortSignal.timeout(300);
  await assert.rejects(bed.engine.run("stubborn", stubborn, { timeoutMs: 60_000, signal }), { name: "TimeoutError" });
  const left = () => bed.line("stubborn", "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[s]leep 7777' || true");
  await eventually(left, ({ out }) => out === "0");
});

test("a program that is begun goes on, and one that is not there is refused", { skip }, async () => {
  await bed.up("begun");
  await bed.engine.detach("begun", ["sh", "-c", "sleep 0.2; echo done > /workspace/done"]);
  await eventually(
    () => bed.line("begun", "cat done"),
    ({ out }) => out === "done",
  );
  await assert.rejects(bed.engine.detach("begun", ["no-such-program"]), { code: "refused" });
});

test("a port inside is connected to, and one that nobody serves is refused", { skip: withSocat }, async () => {
  await bed.up("ports");
  await bed.engine.detach("ports", ["socat", "TCP-LISTEN:8000,bind=127.0.0.1,fork,reuseaddr", "EXEC:cat"]);
  const socket = await eventually(() => bed.engine.connect("ports", 8_000).catch(() => undefined));
  assert.ok(socket);
  socket.write("there and back");
  assert.equal(`${(await once(socket, "data"))[0]}`, "there and back");
  socket.destroy();
  await assert.rejects(bed.engine.connect("ports", 8_001), { code: "refused" });
});

test("what does not run is gone", { skip }, async () => {
  const asks = [
    () => bed.engine.run("none", ["true"], { timeoutMs: 1_000 }),
    () => bed.engine.detach("none", ["true"]),
    () => bed.engine.connect("none", 1),
  ];
  for (const ask of asks) {
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.code, "gone");
      return true;
    });
  }
});

test("an environment that cannot be made says why and leaves nothing behind", { skip }, async () => {
  const spec = {
    env: "broken",
    bounds: { cpus: 1, memoryMb: 64, pids: 16, diskMb: 16 },
    doorDir: join(bed.dir, "no-door"),
  };
  await assert.rejects(bed.engine.up(spec, AbortSignal.timeout(30_000)), { code: "engine", message: /no-door/ });
  assert.equal(await holderOf(placeOf(bed.dir, "broken")), undefined);
  await bed.engine.down("broken", { keep: false });
});

test("an environment and its programs outlive their executor and are found again", { skip }, async () => {
  const executor = spawn(process.execPath, [join(import.meta.dirname, "raise-and-wait.ts"), bed.dir, bed.doorDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(executor.stdout, "data");
  executor.kill("SIGKILL");
  await once(executor, "exit");
  const left = (await bed.engine.list()).find(({ env }) => env === "left");
  assert.equal(left?.state, "up");
  assert.match((await bed.line("left", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).out, /sleep 1000/);
  await bed.up("left");
  assert.deepEqual(
    (await bed.engine.list()).find(({ env }) => env === "left"),
    left,
  );
  // As after a crash between its beginning and the word of it.
  await rm(placeOf(bed.dir, "left").holder);
  assert.deepEqual(
    (await bed.engine.list()).find(({ env }) => env === "left"),
    left,
  );
});

test("an environment that ends unasked is told, and one that was let go is not", { skip }, async () => {
  await using watching = watched(bed.engine);
  const { told } = watching;
  await bed.up("let-go");
  await bed.up("ended");
  await bed.engine.down("let-go", { keep: false });
  const holder = await holderOf(placeOf(bed.dir, "ended"));
  process.kill(holder?.init.pid ?? 0, "SIGKILL");
  await eventually(
    () => told,
    (all) => all.length > 0,
  );
  assert.deepEqual(told, [{ env: "ended", type: "stopped", why: "its first process was ended" }]);
  assert.equal((await bed.engine.list()).find(({ env }) => env === "ended")?.state, "kept");
});

test("a host that is admitted is reached from inside through the door, also after the executor was restarted", {
  skip: withSocat,
}, async () => {
  const outside: Server = createServer((request, response) => response.end(`seen ${request.url}`)).listen(
    0,
    "127.0.0.1",
  );
  await once(outside, "listening");
  const { port } = outside.address() as AddressInfo;
  const options = { dir: bed.doorDir, addressesOf: async () => ["127.0.0.1"], isTrusted: () => true };
  const first = doorsOn(options);
  const doorDir = await first.open("doors");
  await first.admit("doors", [`a.example:${port}`]);
  const bounds = { cpus: 1, memoryMb: 64, pids: 32, diskMb: 16 };
  await bed.engine.up({ env: "doors", bounds, doorDir }, AbortSignal.timeout(30_000));
  await bed.engine.detach("doors", doorArgv());
  const get = (host: string) =>
    bed.line(
      "doors",
      `(printf 'GET http://${host}:${port}/x HTTP/1.0\\r\\n\\r\\n'; sleep 1) | socat - TCP:127.0.0.1:3128`,
    );
  await eventually(
    () => get("a.example"),
    ({ out }) => out.endsWith("seen /x"),
  );
  assert.match((await get("b.example")).out, /^HTTP\/1.1 403 /);
  await first[Symbol.asyncDispose]();
  await using again = doorsOn(options);
  await again.open("doors");
  await again.admit("doors", [`b.example:${port}`]);
  assert.match((await get("b.example")).out, /seen \/x$/);
  assert.match(
    (await bed.line("doors", "rm -f /run/door/net.sock; echo x > /run/door/x; ls /run/door")).out,
    /^net.sock$/,
  );
  outside.close();
  outside.closeAllConnections();
});

/** Whom the tests run as once more, where root runs them; why not, where they cannot. */
const NOBODY = ["--reuid", "61234", "--regid", "61234", "--clear-groups", "--inh-caps=-all"];
const setpriv = programsOnPath("setpriv", process.env)[0] ?? "setpriv";
const withOther = skip || whyNoOther();

test("all of this holds for an ordinary user", {
  skip: withOther,
}, async () => {
  const files = ["engine", "escape"].map((name) => join(import.meta.dirname, `${name}.e2e.test.ts`));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(setpriv, [...NOBODY, process.execPath, "--test", "--test-concurrency=1", ...files], { env });
  const [said, [code]] = await Promise.all([buffer(child.stdout), once(child, "exit")]);
  assert.equal(code, 0, `${said}`);
});

function whyNoOther(): string | false {
  if (process.getuid?.() !== 0) return "this is one";
  const looked = spawnSync(setpriv, [...NOBODY, process.execPath, "--check", import.meta.filename]);
  return looked.status === 0 ? false : "an ordinary user cannot read this project's folder";
}
