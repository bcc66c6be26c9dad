import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { promisify } from "node:util";
import { createAccount, fromPublic, fromSeed } from "@nats-io/nkeys";
import { ensureKeys, readSeed, serverVariables } from "#deploy/keys.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-keys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("keys", () => {
  it("are made once each, for their owner alone, and never again", () => {
    const first = ensureKeys(folder, ["channel", "tap"]);
    const second = ensureKeys(folder, ["tap", "channel", "worker"]);
    assert.equal(second.channel.publicKey, first.channel.publicKey);
    assert.equal(second.tap.publicKey, first.tap.publicKey);
    assert.notEqual(first.channel.publicKey, first.tap.publicKey);
    assert.equal(modeOf(first.tap.seedFile), "600");
    assert.deepEqual(readdirSync(folder).toSorted(), ["channel.nk", "tap.nk", "worker.nk"]);
  });

  it("make the folder they lie in", () => {
    const keysDir = join(folder, "a", "keys");
    ensureKeys(keysDir, ["tap"]);
    assert.equal(modeOf(keysDir), "700");
  });

  it("sign what their public key verifies", () => {
    const { tap } = ensureKeys(folder, ["tap"]);
    const nonce = new TextEncoder().encode("nonce");
    const signature = fromSeed(readSeed(folder, "tap")).sign(nonce);
    assert.ok(fromPublic(tap.publicKey).verify(nonce, signature));
    assert.match(tap.publicKey, /^U[A-Z2-7]{55}$/);
  });

  it("are the same for every process that races to make them", async () => {
    const script = `import { ensureKeys } from "#deploy/keys.ts";
      const names = Array.from({ length: 20 }, (_, index) => "user" + index);
      process.stdout.write(JSON.stringify(ensureKeys(process.argv[1], names)));`;
    const racers = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, folder]),
    );
    const [first, ...others] = (await Promise.all(racers)).map(({ stdout }) => stdout);
    assert.equal(Object.keys(JSON.parse(first ?? "")).length, 20);
    for (const other of others) assert.equal(other, first);
    assert.equal(readdirSync(folder).length, 20, "no draft is left behind");
  });

  it("become the variables that nats.conf reads", () => {
    const keys = ensureKeys(folder, ["tap", "edge_http"]);
    assert.deepEqual(serverVariables(keys), {
      THALASSA_NKEY_TAP: keys.tap.publicKey,
      THALASSA_NKEY_EDGE_HTTP: keys.edge_http.publicKey,
    });
  });

  for (const name of ["../tap", "Tap", "a-b", "", "a.b"]) {
    it(`cannot be named ${JSON.stringify(name)}`, () => {
      assert.throws(() => ensureKeys(folder, [name]), { code: "key-misnamed" });
      assert.throws(() => readSeed(folder, name), { code: "key-misnamed" });
    });
  }
});

describe("a seed", () => {
  it("that is missing says what to do, and is not made by reading", () => {
    assert.throws(() => readSeed(folder, "tap"), {
      code: "key-missing",
      message: /no key for tap: .*tap\.nk does not exist/,
      hint: /thalassa up .* THALASSA_KEYS/,
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("that others may read is narrowed, and the caller hears of it", () => {
    const { tap } = ensureKeys(folder, ["tap"]);
    chmodSync(tap.seedFile, 0o644);
    const notes: string[] = [];
    readSeed(folder, "tap", (line) => notes.push(line));
    assert.deepEqual(notes, [`${tap.seedFile} was open to others (mode 644); it is yours alone now (600)`]);
    assert.equal(modeOf(tap.seedFile), "600");
  });

  for (const [what, text] of [
    ["is empty", ""],
    ["is no nkey", "hello"],
    ["has a wrong letter", "SUAAVWNXUVIYZ7ZEFZP6VXGVRX2SPP7D5JNEUX3YLFQKBS3GKCZQVOIXRQ"],
    ["is an account's", new TextDecoder().decode(createAccount().getSeed())],
  ] as const) {
    it(`that ${what} is refused and kept as it is`, () => {
      const path = join(folder, "tap.nk");
      writeFileSync(path, text, { mode: 0o600 });
      assert.throws(() => readSeed(folder, "tap"), { code: "key-garbled", hint: /delete it/ });
      assert.throws(() => ensureKeys(folder, ["tap"]), { code: "key-garbled" });
      assert.equal(readFileSync(path, "utf8"), text);
    });
  }

  it("that cannot be read says why", () => {
    mkdirSync(join(folder, "tap.nk"));
    assert.throws(() => readSeed(folder, "tap"), { code: "key-unreadable", message: /EISDIR/ });
  });

  it("that ends in white space, as editors leave it, is the same seed", () => {
    const { tap } = ensureKeys(folder, ["tap"]);
    const seed = readSeed(folder, "tap");
    writeFileSync(tap.seedFile, `  ${new TextDecoder().decode(seed)}\r\n\n`);
    assert.deepEqual(readSeed(folder, "tap"), seed);
  });
});
