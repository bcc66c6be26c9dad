import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { connectAs } from "#deploy/access.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { needs } from "#support/needs.ts";
import { Installation, type Up } from "./installation.ts";

let here: Installation;
let up: Up;
let nowhere: Readonly<Record<string, string>>;
before(async () => {
  here = await Installation.create();
  const bin = join(here.root, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  nowhere = { DOCKER_HOST: `unix://${here.root}/none`, THALASSA_EXECUTOR_ENGINE: "docker", PATH: bin };
  const settings = '[executor]\nengine = "docker"\nimage = "nobody-has-this:1"\n\n[preview]\nport = 0\n';
  writeFileSync(join(here.root, "thalassa.toml"), settings);
  up = await here.up("--no-http", "--only", "executor,worker,cortex");
});
after(() => here[Symbol.asyncDispose]());

test("a host without an engine is told why, and what root has to do", async () => {
  const { code, out, err } = await here.run(["setup", "executor", "--json"], "", nowhere);
  assert.equal(code, 1);
  const { error } = JSON.parse(err);
  assert.equal(error.code, "no-engine");
  assert.match(error.message, /^no environments can be made on this host\n {2}docker: no Docker answers at unix:/);
  const { engine, engines } = JSON.parse(out.trim().split("\n").at(-1) ?? "");
  assert.deepEqual([engine, engines.length], [undefined, 1]);
  assert.ok(engines[0].remedies.length > 0, out);
  assert.match(error.hint, /then thalassa setup executor again/);
});

test("an engine that is chosen and works is written down; it is left alone the second time", {
  skip: needs("bubblewrap"),
}, async () => {
  for (const changes of [true, false]) {
    const { code, out, err } = await here.run(["setup", "executor", "--engine", "bubblewrap"]);
    assert.equal(code, 0, err);
    assert.match(out, /environments are made of bubblewrap/);
    assert.equal(/executor\.engine = "bubblewrap" in /.test(out), changes, out);
  }
  assert.match(readFileSync(join(here.root, "thalassa.toml"), "utf8"), /^engine = "bubblewrap"$/m);
});

test("who starts a home whose jobs can run nothing is told once, with the command that helps", async () => {
  await up.saw(({ event }) => event === "no-environments");
  const told = up.lines.filter(({ event }) => event === "no-environments");
  assert.equal(told.length, 1);
  assert.match(`${told[0]?.msg}`, /^jobs have no environments on this host yet: .* setup executor \(/);
});

test("an environment is listed, and one that only is kept cannot be let go", async () => {
  const empty = await here.run(["env", "list"]);
  assert.deepEqual([empty.code, empty.out], [0, "no environments; a job that runs something has one\n"]);
  await using operator = await connectAs(OPERATOR, {
    url: `nats://127.0.0.1:${here.port}`,
    keysDir: join(here.root, "keys"),
  });
  const entry = {
    seq: 1,
    host: "gone-host",
    by: "main.worker.wAAA-0",
    state: "kept",
    engine: "docker",
    at: Date.now(),
  };
  const views = await new Kvm(operator.wire.js).open("VIEWS");
  await views.put("environments.main.main-wAAA-0", JSON.stringify(entry));
  const { out } = await here.run(["env", "list", "--json"]);
  assert.deepEqual(JSON.parse(out), { env: "main-wAAA-0", ...entry });
  const kept = await here.run(["env", "down", "wAAA", "--json"]);
  assert.deepEqual([kept.code, JSON.parse(kept.err).error.code], [1, "environment-kept"]);
  const missing = await here.run(["env", "logs", "wZZZ", "--json"]);
  assert.deepEqual([missing.code, JSON.parse(missing.err).error.code], [2, "environment-missing"]);
});

test("what a host would throw away is asked of the host", async () => {
  const { code, out, err } = await here.run(["env", "prune", "--dry-run"]);
  assert.deepEqual([code, out], [0, "nothing is to be thrown away\n"], err);
});
