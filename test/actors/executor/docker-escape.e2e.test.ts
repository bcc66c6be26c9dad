import assert from "node:assert/strict";
import { once } from "node:events";
import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type DockerBed, dockerBed } from "#support/docker-bed.ts";
import { eventually } from "#support/eventually.ts";
import { needs } from "#support/needs.ts";

const NEVER = new AbortController().signal;

/** Calls the kernel by number, with zeros, and says by which names it was refused. */
const CALLS = `
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = {"mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "init_module": 175, "delete_module": 176,
       "reboot": 169, "settimeofday": 164, "swapon": 167, "sethostname": 170, "bpf": 321, "perf_event_open": 298,
       "kexec_load": 246, "open_by_handle_at": 304, "setns": 308, "userfaultfd": 323, "add_key": 248, "keyctl": 250,
       "move_mount": 429, "fsopen": 430}
arm = {"mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "init_module": 105, "delete_module": 106,
       "reboot": 142, "settimeofday": 170, "swapon": 224, "sethostname": 161, "bpf": 280, "perf_event_open": 241,
       "kexec_load": 104, "open_by_handle_at": 265, "setns": 268, "userfaultfd": 282, "add_key": 217, "keyctl": 219,
       "move_mount": 429, "fsopen": 430}
numbers = arm if platform.machine() == "aarch64" else x86
refused = {errno.EPERM, errno.ENOSYS, errno.EACCES}
for name, number in numbers.items():
    ctypes.set_errno(0)
    arguments = [b"/", b"/", b"tmpfs", 0, 0] if name in ("mount", "chroot", "pivot_root", "umount2") else [0, 0, 0, 0, 0]
    code = libc.syscall(number, *arguments)
    if code != -1 or ctypes.get_errno() not in refused:
        print(name, code, errno.errorcode.get(ctypes.get_errno()))
`;

suite("nothing gets out of an environment on Docker", { skip: needs("engine") }, () => {
  let bed: DockerBed;
  before(async () => {
    bed = await dockerBed();
  });
  after(async () => await bed[Symbol.asyncDispose]());

  test("no file of the host is seen, by no link and no way up", async () => {
    const secret = join(bed.dir, "secret-of-the-host");
    await writeFile(secret, "do not read this");
    const env = await bed.raised();
    const ways = [
      secret,
      `/run/door/../secret-of-the-host`,
      `/run/door/../../../../../..${secret}`,
      `/workspace/../../../..${secret}`,
      `/proc/1/root${secret}`,
      `/proc/1/cwd/../../..${secret}`,
      `/proc/self/root/../..${secret}`,
      ...[3, 4, 5, 6, 7, 8, 9].map((fd) => `/proc/1/fd/${fd}/../../../..${secret}`),
    ];
    for (const way of ways) {
      const ran = await bed.sh(env, `rm -f link; ln -s '${way}' link; cat '${way}' || cat link`);
      assert.equal(ran.stdout, "", way);
    }
    assert.equal((await bed.sh(env, "find / -name 'secret-of-*' 2>/dev/null")).stdout, "");
  });

  test("a link in the door leads to what is inside, not to the host", async () => {
    const env = await bed.raised();
    assert.equal((await bed.sh(env, "cat /run/door/sign")).stdout, "this is the door\n");
    const ran = await bed.sh(
      env,
      "ln -s / /run/door/out; echo x > /run/door/sign; rm /run/door/sign; touch /run/door/new",
    );
    assert.equal(ran.stderr.match(/Read-only file system/g)?.length, 4, ran.stderr);
  });

  test("no socket of an engine is there, nor any other", async () => {
    const env = await bed.raised();
    const ran = await bed.sh(env, "ls /var/run/docker.sock /run/docker.sock; find / -type s 2>/dev/null");
    assert.equal(ran.stdout, "");
  });

  test("no address of the host answers, the bus's neither", async () => {
    await using bus = createServer((socket) => socket.end("INFO {}\r\n"));
    await once(bus.listen(0, "0.0.0.0"), "listening");
    const { port } = bus.address() as AddressInfo;
    const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
    const tries = [...new Set(["127.0.0.1", "172.17.0.1", "host.docker.internal", "169.254.169.254", ...addresses])];
    const env = await bed.raised();
    const script = `import socket, sys
for host in sys.argv[2:]:
    try: print(host, socket.create_connection((host, int(sys.argv[1])), 2).recv(4))
    except OSError as error: print("refused")
print(*[name for _, name in socket.if_nameindex()])`;
    const ran = await bed.engine.run(env, ["python3", "-c", script, `${port}`, ...tries], { timeoutMs: 30_000 });
    const lines = ran.stdout.toString().trim().split("\n");
    assert.deepEqual(
      lines.slice(0, -1),
      tries.map(() => "refused"),
    );
    assert.equal(lines.at(-1), "lo");
  });

  test("no call that takes rights is answered", async () => {
    const env = await bed.raised();
    const ran = await bed.engine.run(env, ["python3", "-c", CALLS], { timeoutMs: 20_000 });
    assert.deepEqual([ran.stdout.toString(), ran.stderr.toString(), ran.code], ["", "", 0]);
  });

  test("no program that takes rights works", async () => {
    const env = await bed.raised();
    const lines = [
      "mount -t tmpfs none /workspace",
      "mount --bind / /workspace",
      "unshare --user --map-root-user true",
      "unshare --mount true",
      "unshare --net true",
      "nsenter --target 1 --mount true",
      "mknod /workspace/disk b 7 0",
      "mknod /tmp/memory c 1 1",
      "chroot /workspace /bin/true",
      "su -c true",
      "chown 0:0 /workspace",
      "echo x > /etc/passwd",
      "touch /usr/bin/new",
      "echo 1 > /proc/sys/kernel/sysrq",
      "echo c > /proc/sysrq-trigger",
      "echo x > /proc/sys/kernel/core_pattern",
      "echo 1 > /sys/kernel/uevent_helper",
      "mkdir /sys/fs/cgroup/memory/x /sys/fs/cgroup/x",
      "head -c 1 /dev/kmsg || head -c 1 /dev/mem || head -c 1 /dev/loop0 || head -c 1 /dev/vda || head -c 1 /dev/sda",
      "date --set 2001-01-01",
      "renice -n -5 1",
    ];
    const script = lines.map((line) => `(${line}) >/dev/null 2>&1 && echo '${line.replaceAll("'", "")}'`).join("\n");
    const ran = await bed.sh(env, `${script}\ntrue`);
    assert.deepEqual(ran.stdout, "", "these were not refused");
  });

  test("a file that makes its user root does not", async () => {
    const env = await bed.raised();
    const script =
      "cp /usr/bin/id /workspace/id; chmod 6755 /workspace/id; /workspace/id -u; find / -xdev -perm -4000 -user root";
    const [user, ...suid] = (await bed.sh(env, `${script} 2>/dev/null`)).stdout.trim().split("\n");
    assert.equal(user, "1000");
    assert.ok(suid.length > 0, "the image has such files, or this proves nothing");
    assert.equal((await bed.sh(env, "grep NoNewPrivs /proc/self/status")).stdout.trim().at(-1), "1");
  });

  test("no process of the host is seen, traced or signalled", async () => {
    const env = await bed.raised();
    const pids = (await bed.sh(env, "ls -d /proc/[0-9]* | wc -l")).stdout.trim();
    assert.ok(Number(pids) < 10, pids);
    const trace = `import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
for pid in map(int, sys.argv[1:]):
    if libc.ptrace(16, pid, 0, 0) == 0: print("traced", pid)
    try: print("met", pid, os.kill(pid, 0))
    except ProcessLookupError: pass`;
    const hosts = [process.pid, process.ppid].map(String);
    const ran = await bed.engine.run(env, ["python3", "-c", trace, ...hosts], { timeoutMs: 20_000 });
    assert.deepEqual([ran.code, ran.stdout.toString()], [0, ""]);
  });

  test("a fork bomb is bounded, leaves its neighbours alone, and is ended", async () => {
    const [bombed, neighbour] = [await bed.raised(), await bed.raised()];
    await bed.engine.detach(bombed, ["bash", "-c", "bomb() { bomb | bomb & }; bomb; while :; do bomb; done"]);
    const refused = await eventually(
      () =>
        bed
          .sh(bombed, "true", { timeoutMs: 2_000 })
          .then(({ code, stdout, stderr }) => (code === 0 ? "" : `${code} ${stdout} ${stderr}`), String),
      (said) => said !== "",
    );
    assert.match(refused, /nothing more can be begun|[Rr]esource temporarily unavailable|137|fork/);
    assert.equal((await bed.sh(neighbour, "echo fine")).stdout, "fine\n");
    await bed.engine.down(bombed, { keep: false });
    assert.equal(
      (await bed.engine.list()).find(({ env }) => env === bombed),
      undefined,
    );
  });

  test("no room but its own is filled", async () => {
    const env = await bed.raised({ diskMb: 32, memoryMb: 1_024 });
    const fill = (folder: string): Promise<number> =>
      bed
        .sh(env, `head -c 700M /dev/zero > ${folder}/fill; wc -c < ${folder}/fill; rm ${folder}/fill`)
        .then(({ stdout }) => Math.round(Number(stdout) / 1024 / 1024));
    const most = { "/workspace": 32, "/tmp": 256, "/run/thalassa": 128, "/dev/shm": 64 };
    for (const [folder, mb] of Object.entries(most)) {
      const filled = await fill(folder);
      assert.ok(filled <= mb && filled > mb / 2, `${folder} took ${filled} MiB of ${mb}`);
    }
    for (const folder of ["/", "/home", "/var/tmp", "/run", "/run/door", "/etc"]) {
      assert.match(
        (await bed.sh(env, `touch ${folder}/fill`)).stderr,
        /Read-only file system|Permission denied/,
        folder,
      );
    }
    assert.ok(statSync(join(bed.dir, "workspaces", `${env}.ext4`)).blocks * 512 < 40 * 1024 * 1024);
  });

  test("many small files end at the bound as well", async () => {
    const env = await bed.raised({ diskMb: 16 });
    const script = "import itertools\nfor n in itertools.count(): open(f'/workspace/{n}', 'w').close()";
    const ran = await bed.engine.run(env, ["python3", "-c", script], { timeoutMs: 60_000 });
    assert.match(ran.stderr.toString(), /No space left on device/);
  });

  test("who takes all memory is killed, and the environment lives", async () => {
    const env = await bed.raised({ memoryMb: 128 });
    const ran = await bed.engine.run(env, ["python3", "-c", "x = bytearray(1 << 30)"], { timeoutMs: 30_000 });
    assert.equal(ran.code, 137);
    assert.equal((await bed.sh(env, "echo alive")).stdout, "alive\n");
    assert.equal(
      bed.heard.find((event) => event.env === env && event.type === "stopped"),
      undefined,
    );
  });

  test("memory that runs out again and again is told of", async () => {
    const env = await bed.raised({ memoryMb: 64 });
    await bed.sh(env, "for i in $(seq 25); do python3 -c 'x = bytearray(1 << 30)'; done", { timeoutMs: 60_000 });
    await eventually(() => bed.heard.find((event) => event.env === env && event.type === "suspect"));
  });

  test("who kills all that it can ends its own environment alone, and that is told", async () => {
    const [env, neighbour] = [await bed.raised(), await bed.raised()];
    await bed.sh(env, "kill -KILL -1").catch(() => {});
    await eventually(() => bed.heard.find((event) => event.env === env && event.type === "stopped"));
    assert.equal((await bed.sh(neighbour, "echo fine")).stdout, "fine\n");
    await bed.engine.up({ ...bed.spec(), env }, NEVER);
    assert.equal((await bed.sh(env, "echo again")).stdout, "again\n");
  });

  test("who is deaf to signals goes with its environment", async () => {
    const env = await bed.raised();
    await bed.engine.detach(env, ["sh", "-c", "trap '' TERM INT HUP QUIT; while :; do sleep 1; done"]);
    await bed.engine.down(env, { keep: true });
    await bed.engine.up({ ...bed.spec(), env }, NEVER);
    assert.doesNotMatch((await bed.sh(env, "ps -ef")).stdout, /trap/);
  });
});
