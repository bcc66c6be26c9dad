import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import Dockerode from "dockerode";
import type { EngineError } from "#actors/executor/engine.ts";
import { type DockerBed, dockerBed, gathered } from "#support/docker-bed.ts";
import { relayTo } from "#support/engine-relay.ts";
import { eventually } from "#support/eventually.ts";
import { needs } from "#support/needs.ts";

const DOCKER = new Dockerode();
const ENGINE_SOCKET = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");
const NEVER = new AbortController().signal;

/** Answers whatever it is told once the other side has said its last. */
const ECHO = `
import socket, threading, time, sys
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
def serve(c):
    said = b""
    while piece := c.recv(65536): said += piece
    time.sleep(0.7)
    c.sendall(b"you said %d: " % len(said) + said); c.close()
while True: threading.Thread(target=serve, args=(s.accept()[0],)).start()
`;

suite("the engine on Docker", { skip: needs("engine") }, () => {
  let bed: DockerBed;
  before(async () => {
    bed = await dockerBed();
  });
  after(async () => await bed[Symbol.asyncDispose]());

  const withCode = (code: EngineError["code"], words: RegExp) => (error: unknown) =>
    error instanceof Error && "code" in error && error.code === code && words.test(error.message);

  test("finds nothing to complain of where the image is there", async () => {
    assert.equal((await bed.engine.probe()).problem, undefined);
  });

  test("says which command builds an image that is missing, by probe and by up", async () => {
    const engine = bed.again({ image: "thalassa-workspace:none" });
    assert.match(
      (await engine.probe()).problem ?? "",
      /thalassa-workspace:none is not there; `thalassa setup executor`/,
    );
    await assert.rejects(engine.up(bed.spec(), NEVER), withCode("refused", /`thalassa setup executor` builds it/));
    await assert.rejects(
      bed.engine.up({ ...bed.spec(), image: "somebody/elses:1" }, NEVER),
      withCode("refused", /`docker pull somebody\/elses:1` fetches it/),
    );
  });

  test("says that an engine is not there", async () => {
    const engine = bed.again({ socket: join(bed.dir, "nobody.sock") });
    assert.match((await engine.probe()).problem ?? "", /no Docker answers at .*nobody\.sock; start it/);
    await assert.rejects(engine.up(bed.spec(), NEVER), withCode("engine", /ENOENT/));
    await assert.rejects(engine.list(), withCode("engine", /ENOENT/));
  });

  test("runs what it is told as a nobody, with input, folder, code and both outputs", async () => {
    const env = await bed.raised();
    const ran = await bed.sh(env, "id -u; id -g; pwd; cat; echo no >&2; exit 7", { stdin: "given\n", cwd: "/tmp" });
    assert.deepEqual(ran, { code: 7, stdout: "1000\n1000\n/tmp\ngiven\n", stderr: "no\n", cut: false });
    const rights = await bed.sh(env, "grep -E '^(Cap(Eff|Prm|Bnd)|NoNewPrivs|Seccomp):' /proc/self/status");
    const zero = "0000000000000000";
    assert.equal(
      rights.stdout.replaceAll("\t", " "),
      `CapPrm: ${zero}\nCapEff: ${zero}\nCapBnd: ${zero}\nNoNewPrivs: 1\nSeccomp: 2\n`,
    );
  });

  test("has in its image what work needs", async () => {
    const env = await bed.raised();
    const programs = "bash git python3 node npm npx socat ps curl find grep sed tar diff patch less unzip xz timeout";
    const ran = await bed.sh(env, `for p in ${programs}; do command -v $p >/dev/null || echo no $p; done`);
    assert.equal(ran.stdout, "");
    const worked = await bed.sh(
      env,
      "python3 -m venv v && v/bin/python -c 'print(1)' && node -p process.versions.node && git init -q r && npm -v",
    );
    assert.match(worked.stdout, /^1\n24\.\d+\.\d+\n\d+\.\d+\.\d+\n$/, worked.stderr);
  });

  test("cuts an output that is more than is wanted, and lets the program end by itself", async () => {
    const env = await bed.raised();
    const ran = await bed.sh(env, "seq 1 200000; echo end > /workspace/end", { maxBytes: 5 });
    assert.deepEqual([ran.code, ran.stdout, ran.cut], [0, "1\n2\n3", true]);
    assert.equal((await bed.sh(env, "cat end")).stdout, "end\n");
  });

  test("keeps bytes as they are, however many", async () => {
    const env = await bed.raised();
    const given = Buffer.from(Array.from({ length: 3_000_001 }, (_, at) => (at * 7 + (at >> 8)) % 256));
    const ran = await bed.engine.run(env, ["cat"], { stdin: given, timeoutMs: 20_000 });
    assert.ok(ran.stdout.equals(given));
  });

  test("ends a program whose time is over, deaf ones and those that left their group too", async () => {
    const env = await bed.raised();
    assert.equal((await bed.sh(env, "trap '' TERM INT HUP; sleep 60", { timeoutMs: 200 })).code, 137);
    assert.equal((await bed.sh(env, "setsid sleep 61 & setsid sleep 62", { timeoutMs: 200 })).code, 137);
    await eventually(
      async () => (await bed.sh(env, "pgrep -c sleep || true")).stdout.trim(),
      (count) => count === "1",
    );
  });

  test("ends a program that is not wanted any more", async () => {
    const env = await bed.raised();
    const signal = AbortSignal.timeout(300);
    await assert.rejects(bed.sh(env, "sleep 60", { signal }), { name: "TimeoutError" });
    await eventually(
      async () => (await bed.sh(env, "pgrep -fc 'sleep [6]0' || true")).stdout.trim(),
      (count) => count === "0",
    );
  });

  test("leaves a program running that outlives whoever began it", async () => {
    const env = await bed.raised();
    await bed.engine.detach(env, ["sh", "-c", "sleep 0.3; echo late > late"]);
    await eventually(
      async () => (await bed.sh(env, "cat late")).stdout,
      (said) => said === "late\n",
    );
    await assert.rejects(bed.engine.detach(env, ["/no/such"]), withCode("refused", /no such file/));
  });

  test("connects to a port inside, passes on the end of its side, and waits for the answer", async () => {
    const env = await bed.raised();
    await bed.engine.detach(env, ["python3", "-c", ECHO, "7000"]);
    const wire = await eventually(() => bed.engine.connect(env, 7000).catch(() => undefined), Boolean);
    assert.ok(wire);
    const said = "x".repeat(1_000_000);
    wire.end(said);
    assert.equal(await text(wire), `you said 1000000: ${said}`);
    await assert.rejects(
      bed.engine.connect(env, 7001),
      withCode("refused", /nobody listens on port 7001 of .*refused/),
    );
  });

  test("is connected to what speaks first, and told at once when it hangs up", async () => {
    const env = await bed.raised();
    const greet = "import socket; s=socket.socket(); s.bind(('127.0.0.1',7002)); s.listen()\n";
    await bed.engine.detach(env, [
      "python3",
      "-c",
      `${greet}while True: c=s.accept()[0]; c.sendall(b'hello'); c.close()`,
    ]);
    const wire = await eventually(() => bed.engine.connect(env, 7002).catch(() => undefined), Boolean);
    assert.equal(await text(wire as Duplex), "hello");
  });

  test("passes much no faster than it is taken, and all of it", async () => {
    const env = await bed.raised();
    const pour = "import socket; s=socket.socket(); s.bind(('127.0.0.1',7004)); s.listen()\n";
    const count =
      "c=s.accept()[0]; n=0\ntry:\n  while n < 60: c.sendall(b'x' * 1000000); n += 1; open('n','w').write(str(n))\nfinally: c.close()";
    await bed.engine.detach(env, ["python3", "-c", pour + count]);
    const wire = await eventually(() => bed.engine.connect(env, 7004).catch(() => undefined), Boolean);
    assert.ok(wire);
    const sent = async (): Promise<number> => Number((await bed.sh(env, "cat n || true")).stdout);
    let before = -1;
    // Nobody reads: what is on the way fills up, and then the program inside has to wait.
    const stuck = await eventually(
      async () => {
        const [last, now] = [before, await sent()];
        before = now;
        return { last, now };
      },
      ({ last, now }) => now > 0 && last === now,
    );
    assert.ok(stuck.now < 60, `${stuck.now} MB`);
    let bytes = 0;
    for await (const piece of wire) bytes += (piece as Buffer).length;
    assert.equal(bytes, 60_000_000);
  });

  test("leaves nothing running of a connection that nobody wants any more", async () => {
    const env = await bed.raised();
    const hold =
      "import socket,time; s=socket.socket(); s.bind(('127.0.0.1',7003)); s.listen()\nc=s.accept()[0]; time.sleep(60)";
    await bed.engine.detach(env, ["python3", "-c", hold]);
    const wire = await eventually(() => bed.engine.connect(env, 7003).catch(() => undefined), Boolean);
    wire?.destroy();
    await eventually(
      async () => (await bed.sh(env, "pgrep -c socat || true")).stdout.trim(),
      (count) => count === "0",
    );
  });

  test("has a workspace that is bounded, outlives its environment, and goes when it is to", async () => {
    const wanted = bed.spec({ diskMb: 32 });
    const { env } = wanted;
    await bed.engine.up(wanted, NEVER);
    const full = await bed.sh(env, "echo kept > kept; head -c 100M /dev/zero > much; rm much; touch more; ls -A");
    assert.match(full.stderr, /No space left on device/);
    assert.equal(full.stdout, "kept\nmore\n");
    await bed.engine.down(env, { keep: true });
    await assert.rejects(bed.sh(env, "true"), withCode("gone", /No such container/));
    assert.equal((await bed.engine.list()).find((each) => each.env === env)?.state, "kept");
    await bed.engine.up(wanted, NEVER);
    assert.equal((await bed.sh(env, "cat kept; ls /tmp /run/thalassa")).stdout, "kept\n/run/thalassa:\n\n/tmp:\n");
    await bed.engine.down(env, { keep: false });
    await bed.engine.down(env, { keep: false });
    assert.equal(
      (await bed.engine.list()).find((each) => each.env === env),
      undefined,
    );
    assert.deepEqual(
      readdirSync(join(bed.dir, "workspaces")).filter((name) => name.startsWith(env)),
      [],
    );
    assert.ok(!loops().some((file) => file.includes(env)));
  });

  test("is found again by another process, after a half-done start too", async () => {
    const wanted = bed.spec();
    await bed.engine.up(wanted, NEVER);
    const before = (await bed.engine.list()).find(({ env }) => env === wanted.env);
    const other = bed.again();
    assert.deepEqual(
      (await other.list()).find(({ env }) => env === wanted.env),
      before,
    );
    await other.up(wanted, NEVER);
    assert.deepEqual(await other.up({ ...wanted, bounds: { ...wanted.bounds, pids: 32 } }, NEVER), {
      notes: ["It runs already, with the bounds it was raised with; take it down to have it with others."],
      fresh: false,
    });
    // As it is when whoever made it died before it was started.
    const half = bed.spec();
    assert.equal((await bed.engine.up(half, NEVER)).fresh, true);
    await bed.sh(half.env, "echo mine > mine");
    await DOCKER.getContainer(`thalassa-${half.env}`).stop({ t: 0 });
    assert.equal((await other.up(half, NEVER)).fresh, false);
    assert.equal((await bed.sh(half.env, "cat mine")).stdout, "mine\n");
  });

  test("is one environment, however many want it at once, from however many processes", async () => {
    const wanted = bed.spec();
    const engines = [bed.engine, bed.engine, bed.again(), bed.again()];
    await Promise.all(engines.map((engine) => engine.up(wanted, NEVER)));
    assert.equal((await bed.sh(wanted.env, "echo here")).stdout, "here\n");
  });

  test("never touches what belongs to another executor", async () => {
    const wanted = bed.spec();
    await bed.engine.up(wanted, NEVER);
    const other = bed.again({ executor: "somebody-else", workspacesDir: join(bed.dir, "elsewhere") });
    assert.deepEqual(await other.list(), []);
    await assert.rejects(other.up(wanted, NEVER), withCode("refused", /belongs to somebody else/));
    await assert.rejects(other.down(wanted.env, { keep: false }), withCode("refused", /belongs to somebody else/));
    assert.equal((await bed.sh(wanted.env, "echo still")).stdout, "still\n");
  });

  test("tells of an end that nobody here asked for, once, and of none that was", async () => {
    const [killed, paused, removed, asked] = await Promise.all([1, 2, 3, 4].map(() => bed.raised()));
    assert.ok(killed && paused && removed && asked);
    await bed.engine.down(asked, { keep: false });
    await DOCKER.getContainer(`thalassa-${killed}`).kill();
    await DOCKER.getContainer(`thalassa-${paused}`).pause();
    await DOCKER.getContainer(`thalassa-${removed}`).remove({ force: true });
    const told = (): readonly unknown[] =>
      bed.heard.filter(({ env }) => [killed, paused, removed, asked].includes(env));
    await eventually(told, (events) => events.length >= 3);
    await bed.engine.up({ ...bed.spec(), env: killed }, NEVER);
    assert.deepEqual(told(), [
      { env: killed, type: "stopped", why: "its first process ended with 137" },
      { env: paused, type: "stopped", why: "somebody paused it" },
      { env: removed, type: "stopped", why: "its first process ended with 137" },
    ]);
    await bed.engine.up({ ...bed.spec(), env: paused }, NEVER);
    assert.equal((await bed.sh(paused, "echo on")).stdout, "on\n");
  });

  test("ends its watch, its runs and its connections when the engine goes", async () => {
    await using relay = await relayTo(ENGINE_SOCKET, join(bed.dir, "relay.sock"));
    const engine = bed.again({ socket: relay.path });
    const wanted = bed.spec();
    await engine.up(wanted, NEVER);
    const watching = gathered(engine, NEVER);
    const running = assert.rejects(
      engine.run(wanted.env, ["sleep", "20"], { timeoutMs: 30_000 }),
      withCode("engine", /./),
    );
    await eventually(async () => (await bed.sh(wanted.env, "pgrep -fc 'sleep [2]0' || true")).stdout.trim() !== "0");
    await relay.vanish();
    await running;
    assert.deepEqual(await watching, []);
    await assert.rejects(engine.up(wanted, NEVER), withCode("engine", /ENOENT/));
    assert.equal((await bed.sh(wanted.env, "echo here")).stdout, "here\n");
  });

  test("measures a workspace that has no file system of its own, and ends what takes more", async () => {
    const engine = bed.again({ workspace: "plain", measureMs: 200 });
    const over = new AbortController();
    const watching = gathered(engine, over.signal);
    const wanted = bed.spec({ diskMb: 16 });
    const { notes } = await engine.up(wanted, NEVER);
    assert.match(notes.join(), /measured now and then/);
    // It may be measured, and ended, while it is still filling.
    await bed.sh(wanted.env, "echo kept > kept; head -c 40M /dev/zero > much").catch(() => {});
    await eventually(
      async () => (await engine.list()).find(({ env }) => env === wanted.env)?.state,
      (state) => state === "kept",
    );
    over.abort();
    assert.match((await watching)[0]?.why ?? "", /its workspace took \d+ MiB, more than its 16 MiB/);
    await engine.up({ ...wanted, bounds: { ...wanted.bounds, diskMb: 64 } }, NEVER);
    assert.equal((await bed.sh(wanted.env, "cat kept")).stdout, "kept\n");
  });

  test("bounds a workspace in memory, and says that it is lost", async () => {
    const engine = bed.again({ workspace: "memory" });
    const wanted = bed.spec({ diskMb: 16 });
    assert.match((await engine.up(wanted, NEVER)).notes.join(), /lost when the environment stops/);
    const ran = await bed.sh(wanted.env, "head -c 40M /dev/zero > much; wc -c < much");
    assert.match(ran.stderr, /No space left/);
    assert.equal(Number(ran.stdout), 16 * 1024 * 1024);
  });
});

/** The files that devices are made of now. */
function loops(): readonly string[] {
  const devices = readdirSync("/sys/block").map((name) => `/sys/block/${name}/loop/backing_file`);
  return devices.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
}
