import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { promisify } from "node:util";
import { cachedServerPath } from "#deploy/nats-cache.ts";
import { archiveFor } from "#deploy/nats-release.ts";
import { type FindOptions, findNatsServer } from "#deploy/nats-server.ts";
import { askVersion, isAtLeast } from "#deploy/nats-version.ts";
import { programRunner } from "#deploy/program.ts";
import { openSandbox, type ReleaseServer, type Sandbox, serveRelease, sha256 } from "./release-server.ts";

let sandbox: Sandbox;
let releases: ReleaseServer;
let lines: string[];
beforeEach(async () => {
  sandbox = openSandbox();
  releases = await serveRelease(sandbox);
  lines = [];
});
afterEach(async () => {
  await releases[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

const find = (options: Partial<FindOptions> = {}) =>
  findNatsServer({
    cacheDir: sandbox.cacheDir,
    env: { PATH: sandbox.binDir },
    releaseBase: releases.url,
    progress: (line) => lines.push(line),
    ...options,
  });

const drafts = () => {
  const shelf = dirname(dirname(cachedServerPath(sandbox.cacheDir)));
  return existsSync(shelf) ? readdirSync(shelf).filter((name) => name.startsWith(".")) : [];
};

function assertNothingCached(): void {
  assert.deepEqual(drafts(), []);
  assert.ok(!existsSync(cachedServerPath(sandbox.cacheDir)), "nothing is in the cache");
}

describe("a bus that runs elsewhere", () => {
  it("is taken by its address, and nothing is looked for", async () => {
    sandbox.addServer("2.15.1");
    const env = { PATH: sandbox.binDir, THALASSA_NATS_URL: " nats://bus.example:4222 " };
    assert.deepEqual(await find({ env }), { type: "external", url: "nats://bus.example:4222" });
    assert.deepEqual(releases.asked, []);
  });
});

describe("a nats-server on PATH", () => {
  it("is taken where it is new enough", async () => {
    const path = sandbox.addServer("2.14.0");
    assert.deepEqual(await find(), { type: "binary", path, version: "2.14.0", origin: "path" });
    assert.deepEqual(releases.asked, []);
  });

  it("that is too old is left alone, and its version told", async () => {
    const path = sandbox.addServer("2.10.27");
    const server = await find();
    assert.equal(server.type === "binary" && server.origin, "download");
    assert.equal(lines[0], `${path} is 2.10.27, older than 2.14.0; left alone.`);
  });

  it("that is broken is left alone for the next one on PATH", async () => {
    sandbox.addProgram("nats-server", "echo 'no such library' >&2; exit 127");
    const second = join(sandbox.root, "second");
    mkdirSync(second);
    const path = sandbox.addServer("2.16.0", second);
    const server = await find({ env: { PATH: `${sandbox.binDir}:relative:${second}` } });
    assert.deepEqual(server, { type: "binary", path, version: "2.16.0", origin: "path" });
    assert.match(lines[0] ?? "", /does not run: no such library; left alone/);
  });
});

describe("a version", () => {
  for (const [version, oldest, answer] of [
    ["2.14.0", "2.14.0", true],
    ["2.14.0-RC.1", "2.14.0", false],
    ["2.15.0-preview.1", "2.14.0", true],
    ["2.9.30", "2.14.0", false],
    ["3.0.0", "2.14.0", true],
    ["1.99.99", "2.14.0", false],
  ] as const) {
    it(`${version} ${answer ? "is" : "is not"} ${oldest} or newer`, () =>
      assert.equal(isAtLeast(version, oldest), answer));
  }

  it("is asked of the program for so long and no longer", async () => {
    const path = sandbox.addProgram("nats-server", "exec sleep 60");
    const run = programRunner({ PATH: process.env.PATH });
    await assert.rejects(
      askVersion(path, (command, args, options) => run(command, args, { ...options, timeoutMs: 50 })),
      /does not run: it was stopped after 0\.05 s/,
    );
  });
});

describe("a release", () => {
  it("is fetched once, then found in the cache", async () => {
    const path = cachedServerPath(sandbox.cacheDir);
    assert.deepEqual(await find(), { type: "binary", path, version: "2.15.1", origin: "download" });
    assert.deepEqual(await find(), { type: "binary", path, version: "2.15.1", origin: "cache" });
    assert.deepEqual(releases.asked, [`/v2.15.1/SHA256SUMS`, `/v2.15.1/${releases.archive.name}`]);
    assert.deepEqual(lines, ["Fetching nats-server 2.15.1 (once)…"]);
    assert.deepEqual(drafts(), []);
  });

  it("comes from the mirror that the environment names", async () => {
    const env = { PATH: sandbox.binDir, THALASSA_NATS_RELEASES: `${releases.url}/` };
    const server = await findNatsServer({ cacheDir: sandbox.cacheDir, env });
    assert.equal(server.type === "binary" && server.origin, "download");
  });

  it("whose copy in the cache is broken is fetched again", async () => {
    const path = cachedServerPath(sandbox.cacheDir);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "", { mode: 0o600 });
    const server = await find();
    assert.equal(server.type === "binary" && server.origin, "download");
    assert.match(lines[0] ?? "", /does not run.*; having another/);
    assert.equal(await askVersion(path, programRunner({})), "2.15.1");
  });

  it("fetched by several processes at once is good for all of them", async () => {
    const script = `import { findNatsServer } from "#deploy/nats-server.ts";
      const [cacheDir, releaseBase, PATH] = process.argv.slice(1);
      process.stdout.write(JSON.stringify(await findNatsServer({ cacheDir, releaseBase, env: { PATH } })));`;
    const args = ["--input-type=module", "--eval", script, sandbox.cacheDir, releases.url, sandbox.binDir];
    const racers = Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, args));
    for (const { stdout } of await Promise.all(racers)) {
      assert.equal(JSON.parse(stdout).path, cachedServerPath(sandbox.cacheDir));
    }
    assert.equal(await askVersion(cachedServerPath(sandbox.cacheDir), programRunner({})), "2.15.1");
    assert.deepEqual(drafts(), []);
  });

  it("sweeps away what a killed process left half made, and nothing that may still be in the making", async () => {
    const shelf = dirname(dirname(cachedServerPath(sandbox.cacheDir)));
    for (const name of [".draft-old", ".draft-new"]) mkdirSync(join(shelf, name), { recursive: true });
    utimesSync(join(shelf, ".draft-old"), 0, 0);
    await find();
    assert.deepEqual(drafts(), [".draft-new"]);
  });

  it("is held against the pinned checksum alone where there is one", async () => {
    releases.answers.set("SHA256SUMS", { status: 404, body: "" });
    const pins = { [releases.archive.name]: sha256(releases.bytes) };
    const server = await find({ pins });
    assert.equal(server.type === "binary" && server.origin, "download");
    assert.deepEqual(releases.asked, [`/v2.15.1/${releases.archive.name}`]);
  });
});

describe("a release that cannot be trusted or had", () => {
  async function assertRefused(why: RegExp, options: Partial<FindOptions> = {}): Promise<void> {
    await assert.rejects(find(options), (error: Error & { code?: string; tried?: readonly string[] }) => {
      assert.equal(error.code, "nats-server-missing");
      assert.match(error.tried?.[2] ?? "", why);
      return true;
    });
    assertNothingCached();
  }

  it("with a wrong checksum is refused and nothing of it kept", async () => {
    const body = `${sha256(Buffer.from("other"))}  ${releases.archive.name}\n`;
    releases.answers.set("SHA256SUMS", { status: 200, body });
    await assertRefused(/has the SHA-256 [0-9a-f]{64} where [0-9a-f]{64} is expected/);
  });

  it("is refused by the pin, whatever its own list says", () =>
    assertRefused(/is expected/, { pins: { [releases.archive.name]: sha256(Buffer.from("pinned")) } }));

  it("is refused where its list does not name it", () => {
    releases.answers.set("SHA256SUMS", { status: 200, body: `${sha256(Buffer.from(""))}  something-else.tar.gz\n` });
    return assertRefused(/SHA256SUMS has no checksum of nats-server-v2\.15\.1/);
  });

  it("cut off in the middle is refused", () => {
    releases.answers.set(releases.archive.name, { status: 200, body: releases.bytes, cutAt: 100 });
    return assertRefused(/^download: /);
  });

  it("cut off where the server claims that it is whole is refused", () => {
    releases.answers.set(releases.archive.name, { status: 200, body: releases.bytes.subarray(0, 100) });
    return assertRefused(/is expected/);
  });

  it("larger than it may be is not read to its end", () =>
    assertRefused(/is larger than 50 bytes/, { limits: { maxBytes: 50 } }));

  it("that never answers is given up", () => {
    releases.answers.set(releases.archive.name, { status: 200, body: "", silent: true });
    return assertRefused(/sent nothing for 0\.2 s/, { limits: { idleMs: 200 } });
  });

  it("that trickles for ever is given up", () => {
    releases.answers.set(releases.archive.name, { status: 200, body: "", trickling: true });
    return assertRefused(/took more than 0\.3 s/, { limits: { totalMs: 300 } });
  });

  it("over plain http from another host is refused, since its list of checksums proves nothing there", () =>
    assertRefused(/http:\/\/mirror\.example is not https/, {
      releaseBase: "http://mirror.example",
      fetch: () => assert.fail("nothing is asked of it"),
    }));

  it("whose server calls itself another version is refused", async () => {
    await releases.publish("2.15.0");
    await assertRefused(/what came is 2\.15\.0, not 2\.15\.1/);
  });

  it("says so where there is no tar to unpack it with", () => {
    rmSync(join(sandbox.binDir, "tar"));
    return assertRefused(/cannot be unpacked: there is no tar on PATH/);
  });

  it("has an archive for each platform that Node is brought along for, and none is made up for others", () => {
    const names = ["linux", "darwin", "win32"].flatMap((platform) =>
      ["x64", "arm64"].map((arch) => archiveFor(platform, arch)?.name),
    );
    assert.deepEqual(names, [
      "nats-server-v2.15.1-linux-amd64.tar.gz",
      "nats-server-v2.15.1-linux-arm64.tar.gz",
      "nats-server-v2.15.1-darwin-amd64.tar.gz",
      "nats-server-v2.15.1-darwin-arm64.tar.gz",
      "nats-server-v2.15.1-windows-amd64.zip",
      "nats-server-v2.15.1-windows-arm64.zip",
    ]);
    assert.equal(archiveFor("sunos", "x64"), undefined);
    assert.equal(archiveFor("linux", "mips"), undefined);
  });
});

describe("a server built with go", () => {
  beforeEach(() => releases.answers.set("SHA256SUMS", { status: 404, body: "" }));

  it("stands in for a release that is not there", async () => {
    sandbox.addGo("2.15.1");
    const path = cachedServerPath(sandbox.cacheDir);
    assert.deepEqual(await find(), { type: "binary", path, version: "2.15.1", origin: "build" });
    assert.deepEqual(lines, [
      "Fetching nats-server 2.15.1 (once)…",
      `Not fetched: ${releases.url}/v2.15.1/SHA256SUMS answered 404.`,
      "Building nats-server 2.15.1 with go (once, about a minute)…",
    ]);
    const cached = await find();
    assert.equal(cached.type === "binary" && cached.origin, "cache");
  });

  it("leaves nothing behind where go fails, and passes on its last words", async () => {
    sandbox.addProgram("go", "echo 'go: module not found' >&2; exit 1");
    await assert.rejects(find(), /go install: go: module not found/);
    assertNothingCached();
  });
});

describe("no nats-server at all", () => {
  it("names every way that was tried and what to do", async () => {
    const broken = (): Promise<Response> =>
      Promise.reject(new TypeError("fetch failed", { cause: new Error("offline") }));
    await assert.rejects(find({ fetch: broken }), {
      code: "nats-server-missing",
      exitCode: 1,
      tried: [
        "PATH: no nats-server",
        `cache: no ${cachedServerPath(sandbox.cacheDir)}`,
        "download: fetch failed: offline",
        "go install: no go on PATH",
      ],
      message: /^there is no nats-server 2\.14\.0 or newer, and none could be had\n {2}PATH: /,
      hint: /THALASSA_NATS_URL.*THALASSA_NATS_RELEASES/,
    });
  });
});
