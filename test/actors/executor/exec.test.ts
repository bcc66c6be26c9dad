import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ExecTools, exec, type Program } from "#actors/executor/exec.ts";
import { begin, bootOf, kill, wholeOutput } from "#actors/executor/journal.ts";
import { KEEP } from "#actors/executor/keeper.ts";
import type { OrderResult } from "#subjects/order.ts";
import { eventually } from "#support/eventually.ts";
import { MemoryEngine } from "./memory-engine.ts";

type Executed = Extract<OrderResult, { type: "exec" }>;
type Live = { readonly stream: string; readonly offset: number; readonly text: string };

/** An environment that is up, and what it takes to run programs in it. */
class Bed implements Disposable {
  readonly engine = new MemoryEngine();
  readonly env = `main-${randomUUID()}`;
  readonly live: Live[] = [];
  readonly kept = new Map<string, Buffer>();
  boot = "";

  async up(): Promise<this> {
    await this.engine.up({ env: this.env }, AbortSignal.timeout(5_000));
    this.boot = await bootOf(this.engine, this.env, AbortSignal.timeout(5_000));
    return this;
  }

  program(order: string, argv: readonly string[], more: Partial<Program> = {}): Program {
    return { env: this.env, order, argv: [...argv], timeoutMs: 20_000, ...more };
  }

  async run(
    program: Program,
    more: { attempt?: number; signal?: AbortSignal; showsMs?: number } = {},
  ): Promise<OrderResult> {
    const tools: ExecTools = {
      address: "main.executor.here",
      attempt: more.attempt ?? 1,
      signal: more.signal ?? AbortSignal.timeout(30_000),
      live: (_, data) => this.live.push(data as Live),
      artifacts: {
        get: async () => undefined,
        put: async (name, content) => {
          this.kept.set(name, content as Buffer);
          return { name, bytes: (content as Buffer).length, sum: "s" };
        },
      },
    };
    return exec(this.engine, program, { boot: this.boot, done: [], vars: {} }, tools, more.showsMs);
  }

  async sh(line: string, more: Partial<Program> = {}): Promise<Executed> {
    const result = await this.run(this.program(randomUUID(), ["sh", "-c", line], more));
    assert.equal(result.type, "exec", JSON.stringify(result));
    return result as Executed;
  }

  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]();
  }
}

test("a program's outputs, exit code and time are told as they were", async () => {
  using bed = await new Bed().up();
  const { ms, ...result } = await bed.sh("echo out; echo err >&2; sleep 0.1; exit 3");
  assert.deepEqual(result, {
    ...{ type: "exec", how: "ended", code: 3 },
    stdout: { text: "out\n", bytes: 4 },
    stderr: { text: "err\n", bytes: 4 },
  });
  assert.ok(ms >= 90 && ms < 5_000, `${ms}`);
  assert.equal((await bed.sh("pwd")).stdout.text, `${bed.engine.workspace(bed.env)}\n`);
  assert.equal((await bed.sh("umask")).stdout.text.trim(), process.umask().toString(8).padStart(4, "0"));
});

test("a program that is not there, or a folder, ends as a shell would have it", async () => {
  using bed = await new Bed().up();
  const result = (await bed.run(bed.program("o", ["no-such-program"]))) as Executed;
  assert.equal(result.code, 127);
  assert.match(result.stderr.text, /no-such-program/);
  assert.notEqual((await bed.sh("true", { cwd: "nowhere" })).code, 0);
  assert.equal(((await bed.run(bed.program("p", ["true"], { cwd: "../.." }))) as { code: string }).code, "outside");
  assert.equal(((await bed.run(bed.program("q", ["tr\0ue"]))) as { code: string }).code, "unreadable");
});

test("words of a program reach it as they are", async () => {
  using bed = await new Bed().up();
  const words = ["a b", "$HOME", "'", '"', "\n", "*", "-n", "é☃", ""];
  const result = (await bed.run(bed.program("o", ["printf", "<%s>", ...words]))) as Executed;
  assert.equal(result.stdout.text, words.map((word) => `<${word}>`).join(""));
});

test("a program begun twice runs once", async () => {
  using bed = await new Bed().up();
  const program = bed.program("twice", ["sh", "-c", "echo ran >>ran; sleep 0.2; cat ran"]);
  const [one, other] = await Promise.all([bed.run(program), bed.run(program)]);
  const again = await bed.run(program, { attempt: 2 });
  assert.equal((one as Executed).stdout.text, "ran\n");
  assert.deepEqual(other, one);
  assert.deepEqual(again, one);
});

test("a program goes on while nobody follows it, and is followed further", async () => {
  using bed = await new Bed().up();
  const program = bed.program("long", ["sh", "-c", "echo begun; until [ -e go ]; do sleep 0.02; done; echo done"]);
  const crash = new AbortController();
  const first = bed.run(program, { signal: crash.signal });
  await eventually(() => bed.live.length > 0);
  crash.abort();
  await assert.rejects(first);
  assert.ok(bed.engine.runs(bed.env));
  const second = bed.run(program, { attempt: 2 });
  writeFileSync(join(bed.engine.workspace(bed.env), "go"), "");
  assert.equal(((await second) as Executed).stdout.text, "begun\ndone\n");
  assert.equal(bed.live.filter(({ text }) => text.includes("begun")).length, 1);
});

test("a program whose environment or journal is gone is interrupted, and not run again", async () => {
  using bed = await new Bed().up();
  const program = bed.program("o", ["sh", "-c", "echo ran >>ran; sleep 60"]);
  const first = bed.run(program);
  await eventually(() => bed.engine.runs(bed.env) && bed.live.length === 0);
  bed.engine.restart(bed.env);
  assert.equal(((await first) as Executed).how, "interrupted");
  await bootOf(bed.engine, bed.env, AbortSignal.timeout(5_000));
  assert.equal(((await bed.run(program, { attempt: 2 })) as Executed).how, "interrupted");
  bed.engine.stop(bed.env, "test");
  assert.equal(((await bed.run(program, { attempt: 2 })) as Executed).how, "interrupted");
  assert.ok(!bed.engine.runs(bed.env));
});

test("a program that takes too long is ended with all that it began", async () => {
  using bed = await new Bed().up();
  const line = "(setsid sh -c 'trap \"\" TERM; sleep 61 & sleep 62') & echo begun; exec env -i sleep 63";
  const result = await bed.sh(line, { timeoutMs: 700 });
  const { ms, ...rest } = result;
  assert.deepEqual(rest, {
    ...{ type: "exec", how: "timed-out" },
    stdout: { text: "begun\n", bytes: 6 },
    stderr: { text: "", bytes: 0 },
  });
  assert.ok(ms >= 700 && ms < 6_000, `${ms}`);
  await eventually(() => !bed.engine.runs(bed.env));
});

test("a program is ended on request, and one that has not begun will not", async () => {
  using bed = await new Bed().up();
  const program = bed.program("o", ["sh", "-c", "sleep 61 & sleep 62"]);
  const running = bed.run(program);
  await eventually(() => bed.engine.runs(bed.env));
  await kill(bed.engine, bed.env, "o", AbortSignal.timeout(20_000));
  assert.equal(((await running) as Executed).how, "killed");
  await kill(bed.engine, bed.env, "p", AbortSignal.timeout(20_000));
  const never = (await bed.run(bed.program("p", ["touch", "p"]))) as Executed;
  assert.deepEqual([never.how, never.code], ["killed", undefined]);
  assert.equal((await bed.sh("ls")).stdout.text, "");
});

test("what a program leaves running goes on, and keeps nobody waiting", async () => {
  using bed = await new Bed().up();
  const result = await bed.sh("(until [ -e go ]; do sleep 0.02; done; echo late; touch came) & echo begun");
  assert.deepEqual([result.how, result.code, result.stdout.text], ["ended", 0, "begun\n"]);
  assert.ok(result.ms < 3_000);
  writeFileSync(join(bed.engine.workspace(bed.env), "go"), "");
  assert.equal((await bed.sh("until [ -e came ]; do sleep 0.02; done; echo came")).stdout.text, "came\n");
});

test("a long output is shown by its ends, at whole lines, and kept whole", async () => {
  using bed = await new Bed().up();
  const program = bed.program("o", ["seq", "1", "20000"]);
  const { stdout } = (await bed.run(program)) as Executed;
  const whole = Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join("");
  assert.equal(stdout.bytes, whole.length);
  const [, head = "", left = "", tail = ""] =
    /^([^[]*)\[… ([\d,]+) bytes left out …\]\n([^[]*)$/.exec(stdout.text) ?? [];
  assert.ok(whole.startsWith(head) && head.endsWith("\n") && whole.endsWith(`\n${tail}`));
  assert.equal(head.length + Number(left.replaceAll(",", "")) + tail.length, whole.length);
  assert.match(stdout.whole?.name ?? "", /^main\.executor\.here\/main-.*\/stdout\.txt$/);
  assert.equal(bed.kept.get(stdout.whole?.name ?? "")?.toString(), whole);
});

test("an endless output neither ends its program nor fills the journal", async () => {
  using bed = await new Bed().up();
  const program = bed.program("o", ["sh", "-c", "head -c 40000000 /dev/zero; echo end >&2; exit 5"]);
  const result = (await bed.run(program)) as Executed;
  assert.deepEqual([result.code, result.stderr.text], [5, "end\n"]);
  assert.ok(result.stdout.bytes > 39_900_000 && result.stdout.bytes <= 40_000_000, `${result.stdout.bytes}`);
  assert.ok(JSON.stringify(result).length < 200_000);
  const place = { env: bed.env, boot: bed.boot, order: "o" };
  const kept = await wholeOutput(bed.engine, place, "stdout", AbortSignal.timeout(5_000));
  assert.equal(kept.length, 16 * 1024 * 1024);
});

test("output is told as it comes, whole characters at a time, each byte where it stands", async () => {
  using bed = await new Bed().up();
  const line = "printf 'a\\303'; sleep 0.3; printf '\\251b'; sleep 0.3; echo c";
  const { stdout } = await bed.sh(line);
  assert.equal(stdout.text, "aébc\n");
  assert.ok(bed.live.length >= 2, JSON.stringify(bed.live));
  let bytes = 0;
  for (const { offset, text } of bed.live) {
    assert.equal(offset, bytes);
    bytes += Buffer.byteLength(text);
  }
  assert.equal(bed.live.map(({ text }) => text).join(""), "aébc\n");
});

test("a program that ends whoever keeps it is interrupted, and nothing of it is left", async () => {
  using bed = await new Bed().up();
  const { how, why, stdout } = await bed.sh("echo begun; kill -9 $PPID; sleep 64");
  assert.deepEqual([how, stdout.text], ["interrupted", "begun\n"]);
  assert.match(`${why}`, /^what kept it there was ended/);
  await eventually(() => !bed.engine.runs(bed.env));
});

test("an engine that goes away and comes back costs a program nothing", async () => {
  using bed = await new Bed().up();
  const running = bed.run(bed.program("o", ["sh", "-c", "echo a; until [ -e go ]; do sleep 0.02; done; echo b"]));
  await eventually(() => bed.live.length > 0);
  bed.engine.leave("it is being restarted");
  writeFileSync(join(bed.engine.workspace(bed.env), "go"), "");
  bed.engine.problem = undefined;
  assert.equal(((await running) as Executed).stdout.text, "a\nb\n");
});

test("what was told of an order makes room for the next one's output", async () => {
  using bed = await new Bed().up();
  await bed.run(bed.program("one", ["echo", "1"]));
  const place = { env: bed.env, boot: bed.boot, order: "one" };
  const next = { argv: ["true"], cwd: bed.engine.workspace(bed.env), timeoutMs: 1_000, vars: "" };
  await begin(bed.engine, { ...place, order: "two" }, next, ["one"], AbortSignal.timeout(5_000));
  await eventually(async () => {
    const whole = await wholeOutput(bed.engine, place, "stdout", AbortSignal.timeout(5_000));
    return whole.length === 0;
  });
});

test("a program that cannot begin is told of as one that did not", async () => {
  using bed = await new Bed().up();
  const run = bed.engine.run.bind(bed.engine);
  bed.engine.run = (env, argv, options) =>
    run(
      env,
      argv.map((word) => (word === KEEP ? "exit 0" : word)),
      options,
    );
  const result = await bed.run(bed.program("o", ["true"]), { showsMs: 100 });
  assert.equal(result.type === "failed" && result.code, "not-begun");
});
