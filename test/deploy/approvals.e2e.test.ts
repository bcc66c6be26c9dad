import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { beginJob } from "#bridges/terminal/job-mail.ts";
import { jobNamed } from "#bridges/terminal/job-named.ts";
import { speakerHere } from "#bridges/terminal/speaker.ts";
import { channelContract } from "#subjects/channel.ts";
import { addressOf, readEvent } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { needs } from "#support/needs.ts";
import { WorkingHome } from "./working-home.ts";

const skip = needs("engine");

const CHANNEL = addressOf("main", "channel", "terminal-work");

/** As many as one person may have waiting. */
const MANY = 1_000;

let home: WorkingHome;
before(async () => {
  if (!skip) home = await WorkingHome.start("docker", { THALASSA_MODELS: "offline" });
});
after(() => home?.[Symbol.asyncDispose]());

test("what a job may not do unasked is asked in its conversation, and done once it is allowed there", {
  skip,
}, async () => {
  await using chat = home.chat("work");
  const [, id = ""] = /^(\S+): queued$/.exec(await chat.type("/task $ pip install left-pad; echo it went on")) ?? [];
  const [, asked] = await chat.told(
    /The job (\S+) asks to be allowed this:\na1: pip install left-pad; echo it went on\n/,
  );
  assert.equal(asked, id);
  await chat.told(new RegExp(`/approve ${id} a1 allows it, /deny ${id} a1 does not`));
  assert.match(await chat.type("/jobs"), new RegExp(`^${id} +running .*waits for a1`));
  assert.match(await chat.type("/approve"), new RegExp(`^${id}: approved, and now running pip install left-pad`));
  assert.match(await concluded(id), /it went on/);
  assert.match((await home.thalassa("job", "show", id)).out, /approved → running by terminal:\S+: a1/);
});

test("what an owner denies is not done, and the job is told why", { skip }, async () => {
  await using chat = home.chat("work");
  const [, id = ""] = /^(\S+): queued$/.exec(await chat.type("/task $ pip install left-pad")) ?? [];
  await chat.told(/asks to be allowed/);
  const denied = await home.thalassa("job", "deny", id, "--why", "nothing from outside");
  assert.equal(denied.out, `${id}: denied, and now running\n`, denied.err);
  assert.match(await concluded(id), /pip install left-pad: “Not allowed: nothing from outside”/);
  assert.match(await chat.type("/approve"), /^$/);
  await chat.told(/no job of this conversation waits for an owner; \/jobs lists them/);
});

test("a line of shell is run once it is allowed, and its end is told in the conversation", { skip }, async () => {
  await using chat = home.chat("work");
  const [, id = ""] = /^(\S+) waits for an owner: \/approve \1$/.exec(await chat.type("/run echo tested | rev")) ?? [];
  assert.match(await chat.type(`/approve ${id}`), new RegExp(`^${id}: approved, and now queued echo tested | rev$`));
  assert.match(await concluded(id), /detset/);
});

test("a job is ended from its conversation, by its name or as the only one that goes on", { skip }, async () => {
  await using chat = home.chat("work");
  const [, id = ""] = /^(\S+): queued$/.exec(await chat.type("/task $ sleep 600")) ?? [];
  await standsAs(id, "running");
  assert.match(await chat.type("/abort"), new RegExp(`^${id}: aborting$`));
  await standsAs(id, "aborted");
  await chat.type("/abort");
  await chat.told(/no job of this conversation goes on; \/jobs lists them/);
});

test("all is stopped at once, stays so whatever is started anew, and then goes on with what waits", {
  skip,
}, async () => {
  const running = await begun("$ sleep 600");
  await standsAs(running, "running");
  const stoppedAt = performance.now();
  const on = await home.thalassa("panic", "on", "--why", "it deletes too much");
  assert.match(on.out, /^all jobs of agent main are stopped by terminal:\S+: it deletes too much\n/, on.err);
  await standsAs(running, "aborted");
  assert.ok(performance.now() - stoppedAt < 10_000);
  assert.match((await home.thalassa("job", "show", running)).out, /All jobs were stopped\. it deletes too much/);
  const waiting = await begun("$ echo at last");
  await standsAs(waiting, "queued");
  await home.restart();
  assert.match(
    (await home.thalassa("panic")).out,
    /are stopped by .*: it deletes too much\nrunning: 0 of 8; waiting: 1/,
  );
  await standsAs(waiting, "queued");
  assert.match((await home.thalassa("panic", "off")).out, /^jobs of agent main go on\n/);
  await standsAs(waiting, "completed");
});

test("a thousand jobs that wait are no trouble, and one more is refused", { skip }, async (context) => {
  assert.match((await home.thalassa("panic", "on")).out, /^all jobs of agent main are stopped/);
  const who = speakerHere();
  const [startedAt, before] = [performance.now(), await memoryMb("cortex")];
  for (let at = 0; at < MANY; at += 50) {
    const some = Array.from({ length: 50 }, () => beginJob(home.client, { agent: "main", who, task: "$ true" }));
    await Promise.all(some);
  }
  const queued = performance.now();
  const { queued: count } = await eventually(
    () => slots(),
    (seen) => seen.queued === MANY,
  );
  const listed = performance.now();
  const { out } = await home.thalassa("jobs");
  const ms = { queue: queued - startedAt, claims: performance.now() - queued, list: performance.now() - listed };
  context.diagnostic(`${MANY} jobs: ${JSON.stringify(ms)} cortex ${before} -> ${await memoryMb("cortex")} MiB`);
  assert.equal(out.split("\n").filter((line) => / queued /.test(line)).length, count);
  assert.ok(ms.list < 5_000, `listing them took ${ms.list} ms`);
  const tooMany = await begun("$ true");
  await standsAs(tooMany, "aborted");
});

async function slots(): Promise<{ readonly queued: number }> {
  return JSON.parse((await home.thalassa("panic", "--json")).out);
}

async function begun(text: string): Promise<string> {
  return (await home.thalassa("job", "start", text)).out.trim();
}

async function standsAs(id: string, state: string): Promise<void> {
  const address = await jobNamed(home.client, id);
  await eventually(
    async () => JSON.parse((await home.thalassa("job", "show", address, "--json")).out).state,
    (seen) => seen === state,
    20_000,
  );
}

/** What the conversation was told of a job's end. */
async function concluded(id: string): Promise<string> {
  const all = await eventually(
    async () => (await home.client.history(CHANNEL)).flatMap((record) => readEvent(channelContract, record) ?? []),
    (events) => events.some((event) => event.type === "concluded" && event.data.from.endsWith(`.${id}`)),
  );
  const end = all.find((event) => event.type === "concluded" && event.data.from.endsWith(`.${id}`));
  return end?.type === "concluded" ? end.data.text : "";
}

/** How much memory a process takes. Units: MiB. */
async function memoryMb(name: string): Promise<number> {
  const status = await readFile(`/proc/${home.pidOf(name)}/status`, "utf8").catch(() => "");
  return Math.round(Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1_024);
}
