import assert from "node:assert/strict";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { readSeed } from "#deploy/keys.ts";
import { revokeToken, standingOf } from "#deploy/tokens.ts";
import { Client } from "#runtime/client.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { freePort, Installation } from "./installation.ts";

const tokenFile = (here: Installation): string => join(here.root, "http-token");

async function say(here: Installation, text: string, token?: string): Promise<number> {
  const { http } = JSON.parse(await readFile(join(here.root, "nats.json"), "utf8"));
  const bearer = token ?? (await readFile(tokenFile(here), "utf8")).trim();
  const answer = await fetch(`${http}/v1/messages`, {
    method: "POST",
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    body: JSON.stringify({ channel: "ci", text, wait: true }),
  });
  return answer.status;
}

function operator(here: Installation): Promise<Client> {
  const seed = readSeed(join(here.root, "keys"), OPERATOR);
  return Client.connect({ url: `nats://127.0.0.1:${here.port}`, user: OPERATOR, seed, name: "test" });
}

test("up starts the bridge, with a token that is its owner's alone, and everybody knows of it", async () => {
  await using here = await Installation.create();
  const port = await freePort();
  const up = await here.up("--http-port", `${port}`);
  assert.equal((await stat(tokenFile(here))).mode & 0o777, 0o600);
  assert.equal(await say(here, "hello"), 200);
  const url = `http://127.0.0.1:${port}`;
  assert.equal(up.lines.find(({ event }) => event === "up")?.http, url);
  assert.match((await here.run(["ps"])).out, new RegExp(`http: ${url}, ready`));
  const doctor = await here.run(["doctor", "--json"]);
  const findings = doctor.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(findings.find(({ check }) => check === "http")?.level, "good");
  process.kill(up.pidOf("http"), "SIGKILL");
  await up.saw(({ event, name, again }) => event === "ready" && name === "http" && again === true);
  assert.equal(await say(here, "again"), 200);
  assert.equal(await up.end(), 0);
  assert.match((await here.run(["ps"])).err, /no bus answers/);
});

test("up starts no bridge where it is told not to, and says what holds the port it wants", async () => {
  await using here = await Installation.create();
  const up = await here.up("--no-http");
  assert.equal(
    up.lines.some(({ name }) => name === "http"),
    false,
  );
  assert.equal(JSON.parse(await readFile(join(here.root, "nats.json"), "utf8")).http, undefined);
  assert.doesNotMatch((await here.run(["ps"])).out, /http/);
  await up.end();
  const only = await here.up("--only", "channel,http");
  assert.deepEqual(only.pids.length, 3);
  await only.end();
  const port = await freePort();
  const holder = createServer().listen(port, "127.0.0.1");
  try {
    const { code, err } = await here.run(["up", "--port", `${here.port}`, "--http-port", `${port}`]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`port ${port}, wanted for the HTTP bridge, is taken by`));
    assert.match(err, /--http-port/);
  } finally {
    holder.close();
  }
});

test("the home's token is made anew when it is lost, told again when the bus lost it, and stays revoked", async () => {
  await using here = await Installation.create();
  let up = await here.up();
  const first = (await readFile(tokenFile(here), "utf8")).trim();
  await rm(tokenFile(here));
  await up.end();
  up = await here.up();
  const second = (await readFile(tokenFile(here), "utf8")).trim();
  assert.notEqual(second, first);
  assert.equal(await say(here, "with the new one"), 200);
  {
    await using client = await operator(here);
    // As a store that was put back from before the token was made.
    await client.wire.jsm.streams.purge("KV_SECRETS").catch(() => {});
    await client.wire.jsm.streams.delete("KV_SECRETS");
  }
  await up.end();
  up = await here.up();
  assert.equal((await readFile(tokenFile(here), "utf8")).trim(), second);
  assert.equal(await say(here, "told again"), 200);
  {
    await using client = await operator(here);
    assert.equal(await revokeToken(client, "home"), 1);
  }
  await up.end();
  up = await here.up();
  assert.ok(up.lines.some(({ msg }) => String(msg).includes("was revoked")));
  assert.equal(await say(here, "revoked"), 401);
  await using client = await operator(here);
  assert.equal(await standingOf(client, second), "revoked");
});

test("a file that holds no token is refused with what to do", async () => {
  await using here = await Installation.create();
  await here.up("--no-http").then((up) => up.end());
  await writeFile(tokenFile(here), "hello\n");
  const { code, out, err } = await here.run(["up", "--no-chat", "--json", "--port", `${here.port}`]);
  assert.equal(code, 1);
  assert.equal(JSON.parse(err.trim()).error.code, "home-token-unusable", out);
});

test("a token is made, listed and revoked, and let in meanwhile", async () => {
  await using here = await Installation.create();
  await here.up();
  const made = await here.run(["token", "create", "ci"]);
  assert.match(made.out, /^tha_[\w-]{43}\n$/);
  assert.match(made.err, /not shown again/);
  assert.equal(await say(here, "hello", made.out.trim()), 200);
  const owner = await here.run(["token", "create", "ada", "--role", "owner", "--json"]);
  assert.equal(JSON.parse(owner.out).role, "owner");
  const listed = await here.run(["token", "list", "--json"]);
  const names = listed.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).name);
  assert.deepEqual(names, ["home", "ci", "ada"]);
  assert.doesNotMatch(listed.out, /tha_|hash/);
  const codeOf = async (...args: readonly string[]) => {
    const { err } = await here.run(["token", ...args, "--json"]);
    return JSON.parse(err.trim()).error.code;
  };
  assert.equal(await codeOf("create", "ci"), "token-exists");
  assert.equal(await codeOf("create", "C I"), "token-misnamed");
  assert.equal(await codeOf("revoke", "nobody"), "token-missing");
  assert.equal((await here.run(["token", "create", "x", "--role", "king"])).code, 2);
  assert.match((await here.run(["token", "revoke", "ci"])).out, /let in no more, at the latest in 3 s/);
  assert.doesNotMatch((await here.run(["token"])).out, /\bci\b/);
});
