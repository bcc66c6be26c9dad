import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { holderOf } from "#actors/executor/bubblewrap/holder.ts";
import { placeOf } from "#actors/executor/bubblewrap/place.ts";
import { eventually } from "#support/eventually.ts";
import { needs } from "#support/needs.ts";
import { type Bed, BOUNDS, bedOf, watched } from "./bed.ts";

const skip = needs("bubblewrap");
const isRoot = process.getuid?.() === 0;

let bed: Bed;
before(async () => {
  bed = await bedOf();
  if (!skip) await bed.up("e1");
});
after(() => bed[Symbol.asyncDispose]());

test("a program has no rights and cannot gain any", { skip }, async () => {
  const { out } = await bed.line(
    "e1",
    "grep -E '^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs):' /proc/self/status; id -u; id -g",
  );
  const none = "0".repeat(16);
  const expected = [
    ...["Inh", "Prm", "Eff"].map((set) => `Cap${set}:\t${none}`),
    `CapAmb:\t${none}`,
    "NoNewPrivs:\t1",
    "1000",
    "1000",
  ];
  assert.deepEqual(out.split("\n").toSorted(), expected.toSorted());
  for (const line of [
    "mount -t tmpfs x /tmp",
    "unshare --user true",
    "unshare --mount true",
    "chroot / true",
    "setpriv --reuid 0 true",
    "su -c true",
  ])
    assert.notEqual((await bed.line("e1", line)).code, 0, line);
});

test("files of the host are not there, by no name", { skip }, async () => {
  const dir = await mkdtemp(join(tmpdir(), "secret-"));
  const secret = join(dir, "secret");
  await writeFile(secret, "secret", { mode: 0o644 });
  const tries = [
    ...[`cat ${secret}`, `ln -s ${secret} link; cat link`, `cat /workspace/../../../../..${secret}`],
    ...[
      `cat /proc/1/root${secret}`,
      `cat /proc/self/cwd/../../..${secret}`,
      "cat /etc/shadow",
      "ls /home /root /work /boot",
    ],
    ...[
      "ls /run/docker.sock /var/run/docker.sock",
      "cat /proc/1/environ | grep -a SSH",
      "ls /sys",
      "ls /proc/kcore && head -c 1 /proc/kcore",
    ],
  ];
  for (const line of tries) {
    const { code, out } = await bed.line("e1", line);
    assert.ok(code !== 0 && !out.includes("secret"), `${line}: ${out}`);
  }
  await rm(dir, { recursive: true });
});

test("nothing but the workspace and what is in memory can be written", { skip }, async () => {
  const places = ["/", "/usr", "/etc", "/dev", "/run", "/run/door", "/proc/sys/kernel", "/var"];
  for (const place of places) assert.notEqual((await bed.line("e1", `touch ${place}/x`)).code, 0, place);
  assert.notEqual((await bed.line("e1", "echo x > /proc/sys/kernel/core_pattern")).code, 0);
  for (const place of ["/workspace", "/tmp", "/dev/shm", "/run/thalassa"])
    assert.equal((await bed.line("e1", `touch ${place}/x`)).code, 0, place);
});

test("the host's network is not there, and no process of it is seen", { skip }, async () => {
  const bus = createServer((socket) => socket.end("bus")).listen(0, "127.0.0.1");
  await once(bus, "listening");
  const { port } = bus.address() as AddressInfo;
  assert.notEqual((await bed.line("e1", `bash -c 'cat < /dev/tcp/127.0.0.1/${port}'`)).code, 0);
  assert.deepEqual((await bed.line("e1", "tail -n +3 /proc/net/dev | cut -d: -f1")).out, "lo");
  assert.ok(Number((await bed.line("e1", "ls -d /proc/[0-9]* | wc -l")).out) < 15);
  const { code } = await bed.line("e1", `kill -0 ${process.pid}`);
  assert.notEqual(code, 0);
  bus.close();
});

test("a fork bomb stays within its bounds, is told of, and goes with its environment", { skip }, async () => {
  await bed.up("bomb");
  await using watching = watched(bed.engine);
  const holder = await holderOf(placeOf(bed.dir, "bomb"));
  const space = await readlink(`/proc/${holder?.init.pid}/ns/pid`);
  await bed.up("pipes");
  await bed.engine.detach("pipes", ["sh", "-c", "f() { f | f & f; }; f"]);
  await bed.engine.detach("bomb", ["perl", "-e", "while (1) { $p = fork; sleep 1000 if defined $p && !$p }"]);
  await eventually(
    () => countIn(space),
    (now) => now > BOUNDS.pids - 5,
  );
  assert.ok((await countIn(space)) <= BOUNDS.pids + 8, `${await countIn(space)}`);
  const suspected = () => watching.told.some(({ env, type }) => env === "bomb" && type === "suspect");
  if (isRoot) await eventually(suspected);
  for (const env of ["bomb", "pipes"]) await bed.engine.down(env, { keep: false });
  assert.equal(await countIn(space), 0);
  assert.equal((await bed.line("e1", "echo well")).out, "well");
});

test("a full disk is full for its environment alone", { skip }, async () => {
  await bed.up("full");
  await using watching = watched(bed.engine);
  const { told } = watching;
  for (const place of ["/tmp", "/dev/shm", "/run/thalassa"]) {
    const { err, code } = await bed.line(
      "full",
      `head -c 200M /dev/zero > ${place}/x; code=$?; rm ${place}/x; exit $code`,
    );
    assert.notEqual(code, 0, `${place}: ${err}`);
  }
  const filled = bed
    .line("full", "for i in 1 2 3; do head -c 20M /dev/zero > /workspace/$i; done; sleep 5", 4_000)
    .catch((error) => error);
  if (isRoot) assert.match((await filled).err, /No space left/);
  else
    await eventually(
      () => told,
      (all) => all.some(({ why }) => why === `its workspace grew above ${BOUNDS.diskMb} MiB`),
    );
  await filled;
});

test("a greedy program is ended and its environment goes on", { skip }, async () => {
  const { code } = await bed.line("e1", "head -c 400M /dev/zero | tail -c 399M | wc -c | grep -q 418381824");
  assert.notEqual(code, 0);
  assert.equal((await bed.line("e1", "echo well")).out, "well");
});

/** How many processes of this host are in a namespace. */
async function countIn(space: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const spaces = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/ns/pid`).catch(() => "")));
  return spaces.filter((each) => each === space).length;
}
