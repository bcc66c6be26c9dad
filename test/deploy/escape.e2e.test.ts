import assert from "node:assert/strict";
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ChatCompletionRequest } from "@copilotkit/aimock";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { needs } from "#support/needs.ts";
import { WorkingHome } from "./working-home.ts";

const MIB = 1024 * 1024;

/** Small, so that each is soon reached. */
const BOUNDS = {
  THALASSA_MODELS: "offline",
  THALASSA_ENVIRONMENT_MEMORY_MB: "256",
  THALASSA_ENVIRONMENT_PIDS: "64",
  THALASSA_ENVIRONMENT_DISK_MB: "64",
};

/** What a job of an owner tries in its environment, whatever that is made of. */
const ATTEMPTS = {
  "files of the host are reached neither by name, nor by a link, nor by climbing": hostFiles,
  "nothing of the host's network is reached: not the bus, not what its engine calls the host, and not through the door":
    hostNetwork,
  "a disk that is filled is its own, and the job sees that it is full": fullDisk,
  "memory that runs out ends what took it, and the job goes on": allMemory,
  "an output of a gigabyte is shown by its ends, and what is kept of it is said": longOutput,
  "the executor's log has each order and what came of it, and no environment is left up": allToldOf,
};

const ENGINES = [
  ["docker", "engine"],
  ["bubblewrap", "bubblewrap"],
] as const;

for (const [engine, need] of ENGINES) {
  describe(engine, { skip: needs(need) }, () => {
    let home: WorkingHome;
    before(async () => {
      home = await WorkingHome.start(engine, BOUNDS);
    });
    after(() => home?.[Symbol.asyncDispose]());
    for (const [name, attempt] of Object.entries(ATTEMPTS)) test(name, () => attempt(home));
    test("a program that will not end is ended when its time is over", () => stubborn(engine));
    test("processes that beget processes come to their bound and are ended, and the job goes on", () => bomb(engine));
  });
}

async function hostFiles(home: WorkingHome): Promise<void> {
  const dir = join(home.here.root, "not-for-jobs");
  const secret = join(dir, "secret.txt");
  await mkdir(dir);
  await writeFile(secret, "the host's secret\n");
  const { used, job } = await done(
    home,
    `$ cat ${secret}; ln -s ${secret} link; cat link; cat ../../../../../..${secret}; echo "came to $?"`,
    `$ ls -d ${process.cwd()} ${home.here.root}/keys /proc/1/root${secret} /var/run/docker.sock; echo "came to $?"`,
    "$ cat /etc/shadow; mount | grep -c docker.sock; echo over",
    "keep link",
  );
  assert.equal(job.state, "completed");
  assert.match(used[0] ?? "", /came to 1/);
  assert.match(used[1] ?? "", /^stdout:\ncame to 2$/m);
  assert.match(used[2] ?? "", /^stdout:\n0\nover$/m);
  assert.match(used[3] ?? "", /outside|no file|There is no|not there/i);
  assert.doesNotMatch(used.join("\n"), /the host's secret/);
  const { used: climbed } = await done(home, `keep ../../../../../..${secret}`);
  assert.match(climbed[0] ?? "", /is outside of \/workspace; name a path within it/);
}

async function hostNetwork(home: WorkingHome): Promise<void> {
  const { port } = home.here;
  const connect = [
    "import socket, urllib.request",
    `for host in ["127.0.0.1", "172.17.0.1", "host.docker.internal"]:`,
    `  try: socket.create_connection((host, ${port}), 3)`,
    `  except OSError: print(host, "refused")`,
    `try: urllib.request.urlopen("http://172.17.0.1:${port}/", timeout=3)`,
    `except Exception as error: print("door:", error)`,
  ];
  const { used } = await done(home, `$ python3 -c ${quoted(connect)}`, "$ tail -n +3 /proc/net/dev | cut -d: -f1");
  assert.match(used[0] ?? "", /127.0.0.1 refused\n172.17.0.1 refused\nhost.docker.internal refused\ndoor: .*403/);
  assert.match(used[1] ?? "", /stdout:\n\s*lo\s*$/);
}

async function fullDisk(home: WorkingHome): Promise<void> {
  const free = await freeBytes();
  const fill = "$ dd if=/dev/zero of=big bs=1M count=500; df -m . | tail -1";
  const { used, job } = await done(home, fill, "$ rm big; echo on");
  assert.equal(job.state, "completed");
  assert.match(used[0] ?? "", /No space left on device/);
  assert.match(used[1] ?? "", /^on$/m);
  assert.ok(free - (await freeBytes()) < 200 * MIB);
}

async function allMemory(home: WorkingHome): Promise<void> {
  const free = freemem();
  const take = '$ python3 -c "x = bytearray(2 << 30)"';
  const { used, job } = await done(home, `${take}; echo "it ended with $?"`, "$ echo on", take);
  assert.equal(job.state, "completed");
  assert.match(used[0] ?? "", /it ended with 137/);
  assert.match(used[1] ?? "", /^on$/m);
  assert.match(
    used[2] ?? "",
    /^exit code 137 \(killed, which is what happens when its environment's memory runs out\)/,
  );
  assert.ok(free - freemem() < 1_024 * MIB);
}

async function longOutput(home: WorkingHome): Promise<void> {
  const write = "$ echo first; head -c 1G /dev/zero | tr '\\0' x; echo; echo last";
  const { used, job } = await done(home, write, "$ echo on");
  assert.equal(job.state, "completed");
  const [shown = ""] = used;
  assert.ok(shown.length < 64 * 1_024, `${shown.length} characters are shown`);
  assert.match(shown, /first\n.*bytes left out/s);
  assert.match(shown, /\(Its first 16,777,216 bytes are the artifact \S+stdout\.txt\.\)/);
}

async function allToldOf(home: WorkingHome): Promise<void> {
  const log = await home.executorLog();
  const count = (type: string, events = log) => events.filter((event) => event.type === type).length;
  assert.ok(count("ordered") > 0);
  assert.equal(count("finished"), count("ordered"));
  await eventually(
    () => home.executorLog(),
    (events) => count("lowered", events) === count("raised", events),
  );
}

async function stubborn(engine: "docker" | "bubblewrap"): Promise<void> {
  await using bed = await ModelBed.start();
  bed.answers("stubborn", ({ messages }: ChatCompletionRequest) =>
    messages.some(({ role }) => role === "tool") ? { content: "It was ended." } : { toolCalls: [STUBBORN] },
  );
  const models = { ...bed.env("offline"), THALASSA_MODELS_WORKER: "vllm/stubborn" };
  await using home = await WorkingHome.start(engine, { ...BOUNDS, ...models });
  const job = await home.job("be stubborn");
  assert.deepEqual([job.state, job.result], ["completed", "It was ended."]);
  const [said = ""] = await home.used(job);
  assert.match(said, /^It took too long and was ended with all that it began, after \d+\.\d s\.\nstdout:\nwaiting/);
  const ended = (await home.executorLog()).find((event) => event.type === "finished");
  assert.ok(ended?.type === "finished" && ended.data.result.type === "exec");
  assert.equal(ended.data.result.how, "timed-out");
}

async function bomb(engine: "docker" | "bubblewrap"): Promise<void> {
  await using bed = await ModelBed.start();
  const lines = ["touch kept", "bomb() { bomb | bomb & }; bomb; sleep 60", "ls; echo calm"];
  bed.answers("bomber", ({ messages }: ChatCompletionRequest) => {
    const command = lines[messages.filter(({ role }) => role === "tool").length];
    if (command === undefined) return { content: "It is calm." };
    return { toolCalls: [{ name: "shell", arguments: JSON.stringify({ command }) }] };
  });
  const models = { ...bed.env("offline"), THALASSA_MODELS_WORKER: "vllm/bomber" };
  await using home = await WorkingHome.start(engine, { ...BOUNDS, ...models });
  const job = await home.job("come to the bound");
  assert.deepEqual([job.state, job.result], ["completed", "It is calm."]);
  const story = await home.story(job);
  const said = story.flatMap(({ type, data }) =>
    type === "used" ? [data.text] : type === "detached" ? data.results.map(({ text }) => text) : [],
  );
  // Either there was a moment to end them in, or their environment had to go.
  assert.match(said[1] ?? "", /interrupted.*(?:has reached its bound of processes|what kept it there was ended)/);
  assert.match(said[2] ?? "", /^kept\ncalm$/m);
}

const STUBBORN = {
  name: "shell",
  arguments: JSON.stringify({
    command: "trap '' TERM INT HUP; (trap '' TERM; exec setsid sleep 900) & echo waiting; while true; do sleep 1; done",
    seconds: 2,
  }),
};

/** Has these lines done as one job; gives it, and what came of each. */
async function done(home: WorkingHome, ...lines: readonly string[]) {
  const job = await home.job(lines.join("\n"));
  return { job, used: await home.used(job) };
}

/** A program of several lines as one word of a line of shell: the offline model runs lines. */
function quoted(lines: readonly string[]): string {
  return `$'${lines.join("\\n").replaceAll("'", "\\'")}'`;
}

async function freeBytes(): Promise<number> {
  const { bavail, bsize } = await statfs(tmpdir());
  return bavail * bsize;
}
