import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Msg } from "@nats-io/transport-node";
import { newToken } from "#bridges/http/token.ts";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { EchoingModel } from "./echoing-model.ts";
import { Installation, Up } from "./installation.ts";

/** Found in what leaves only if it leaked. One looks like a key, one like nothing. */
const CANARIES = {
  fromEnvironment: `canary${randomBytes(20).toString("hex")}`,
  fromBus: `sk-${randomBytes(24).toString("base64url")}`,
  /** Stands in the address of every call to Telegram. */
  ofBot: `8200000001:AA${randomBytes(20).toString("hex")}`,
} as const;

test("a secret is set, listed, shown among the settings, handed on, rotated and removed, and never told", async () => {
  await using here = await Installation.create();
  assert.equal((await here.run(["secret", "set", "OPENAI_API_KEY"], "x\n")).code, 3, "there is no bus yet");
  await here.up("--no-http");
  const value = CANARIES.fromBus;
  const set = await here.run(["secret", "set", "OPENAI_API_KEY"], `${value}\n`);
  assert.match(
    set.out,
    /^OPENAI_API_KEY is sealed in SECRETS on the bus; processes of channel, branch, worker get it when thalassa up/,
  );
  assert.equal(set.err, "");
  const typed = await here.run(["secret", "set", "OPENAI_API_KYE", value]);
  assert.match(typed.err, /stands in the history of this shell/);
  assert.match(typed.err, /did you mean OPENAI_API_KEY\?/);
  assert.match(typed.out, /no process of this version asks for it/);
  assert.equal((await here.run(["secret", "set", "A B", "-", "--json"], value)).code, 2);
  assert.equal((await here.run(["secret", "set", "EMPTY", "-", "--json"])).code, 2);
  const env = { OPENAI_API_KEY: CANARIES.fromEnvironment, GEMINI_API_KEY: CANARIES.fromEnvironment };
  const list = await here.run(["secret"], "", env);
  assert.match(list.out, /^GEMINI_API_KEY +environment +channel, branch, worker$/m);
  assert.match(
    list.out,
    /^OPENAI_API_KEY +\d{4}-\d\d-\d\d +\d+ s +environment, not the bus +channel, branch, worker$/m,
  );
  assert.match(list.out, /^OPENAI_API_KYE .* bus +nobody$/m);
  assert.match(list.out, /^master key [0-9a-f]{16}, from .*secrets\.key, for \d+ s$/m);
  const config = await here.run(["config"], "", env);
  assert.match(config.out, /^OPENAI_API_KEY +\*{8} +OPENAI_API_KEY +\*{8} \(SECRETS on the bus\)$/m);
  assert.match(config.out, /^OPENAI_API_KYE +\*{8} +SECRETS on the bus$/m);
  const wrong = await here.run(["config", "set", "OPENAI_API_KEY", value, "--json"]);
  assert.equal(JSON.parse(wrong.err).error.code, "bad-use");
  assert.match(wrong.err, /thalassa secret set OPENAI_API_KEY/);
  const rotated = await here.run(["secret", "rotate"]);
  assert.match(rotated.out, /^rotated: 2 sealed anew under master key [0-9a-f]{16}$/m);
  assert.match((await here.run(["secret", "rm", "OPENAI_API_KYE"])).out, /gone from the bus/);
  const gone = await here.run(["secret", "rm", "OPENAI_API_KYE", "--json"]);
  assert.equal(JSON.parse(gone.err).error.code, "secret-missing");
  assert.match((await here.run(["doctor"])).out, /secrets +1 of 1 open; master key/);
  const ends = [set, typed, list, config, wrong, rotated, await here.run(["secret", "list", "--json"], "", env)];
  for (const { out, err } of ends) assertClean(out + err, "a command");
});

test("no secret is in what a conversation with failing models leaves behind: streams, logs, or what commands say", async () => {
  await using model = await EchoingModel.start();
  await using here = await Installation.create();
  await here.up("--no-http").then(async (up) => {
    await here.run(["secret", "set", "OPENAI_API_KEY"], CANARIES.fromBus);
    await up.end();
  });
  const env = {
    ...{ ANTHROPIC_API_KEY: CANARIES.fromEnvironment, THALASSA_LOG: "debug" },
    ...{ THALASSA_ANTHROPIC_BASE_URL: model.url, THALASSA_OPENAI_BASE_URL: `${model.url}/v1` },
    THALASSA_MODELS_CHANNEL: "anthropic/claude-x, openai/gpt-x",
    ...{ TELEGRAM_BOT_TOKEN: CANARIES.ofBot, THALASSA_TELEGRAM_OWNERS: "4711" },
    // Nobody is there: what the bridge says of that must not have the address in it.
    THALASSA_TELEGRAM_API: "http://127.0.0.1:1",
  };
  const up = new Up(here.spawn(["up", "--no-chat", "--json", "--port", `${here.port}`, "--monitor-port", "0"], env));
  try {
    await up.saw((line) => line.event === "up");
    await using operator = await asOperator(here);
    const live: string[] = [];
    const callback = (_: unknown, message: Msg): void => void live.push(`${message.subject} ${message.string()}`);
    operator.wire.nc.subscribe("thalassa.>", { callback });
    const tokens = await speak(here);
    if (process.platform === "linux") assertHandedOn(up);
    await eventually(
      async () => (await here.run(["doctor"], "", env)).out,
      (told) => told.includes("Telegram cannot be reached"),
    );
    assert.deepEqual(model.keys, [CANARIES.fromEnvironment, CANARIES.fromEnvironment, CANARIES.fromBus]);
    assert.ok(live.filter((line) => line.includes(".log.failed ")).length >= 2, live.join("\n"));
    for (const args of COMMANDS) {
      const { out, err } = await here.run([...args, "--json"], "", env);
      assertClean(out + err, args.join(" "), tokens);
    }
    assertClean(live.join("\n"), "the tap", tokens);
    await assertStreamsClean(operator, tokens);
    assert.equal(await up.end(), 0);
    assertClean(JSON.stringify(up.lines), "the log of up", tokens);
    assert.ok(
      JSON.stringify(up.lines).includes("[hidden]") || live.join().includes("[hidden]"),
      "nothing was scrubbed",
    );
    assertFilesClean(here.root, tokens);
  } finally {
    await up.end();
  }
});

const COMMANDS = [
  ...[["ps"], ["doctor"], ["config"], ["secret", "list"], ["token", "list"], ["dead"], ["pair"]],
  ["setup", "telegram", "--owner", "4711"],
  ...[
    ["log", "default"],
    ["log", "http-ci"],
    ["log", "main.telegram.poller"],
    ["state", "default"],
  ],
];

/** Has every way of failing once, and gives the tokens that were used. */
async function speak(here: Installation): Promise<readonly string[]> {
  await here.run(["chat"], "hello\n");
  const made = (await here.run(["token", "create", "ci"])).out.trim();
  const home = readFileSync(join(here.root, "http-token"), "utf8").trim();
  const wrong = newToken();
  const { http } = JSON.parse(readFileSync(join(here.root, "nats.json"), "utf8"));
  const statuses: number[] = [];
  for (const token of [made, wrong]) {
    const answer = await fetch(`${http}/v1/messages`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ channel: "ci", text: "hello", wait: true }),
    });
    assertClean(await answer.text(), "an answer over HTTP", [made, home, wrong]);
    statuses.push(answer.status);
  }
  assert.deepEqual(statuses, [502, 401]);
  const state = await fetch(`${http}/v1/state/main.channel.http-ci`, { headers: { Authorization: `Bearer ${home}` } });
  assert.equal(state.status, 200);
  return [made, home, wrong];
}

function assertClean(text: string, where: string, tokens: readonly string[] = []): void {
  for (const canary of [...Object.values(CANARIES), ...tokens]) {
    const at = text.indexOf(canary);
    assert.equal(at, -1, `${where} tells a secret: …${text.slice(Math.max(at - 200, 0), at + 80)}…`);
  }
}

/** Every message of every stream, the entries of all buckets among them. */
async function assertStreamsClean({ wire }: Client, tokens: readonly string[]): Promise<void> {
  const seen: string[] = [];
  for await (const { config, state } of wire.jsm.streams.list()) {
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
      const message = await wire.jsm.streams.getMessage(config.name, { seq }).catch(() => null);
      if (message === null) continue;
      seen.push(config.name);
      const head = [...message.header].map(([name, values]) => `${name}: ${values.join()}`).join("\n");
      assertClean(`${message.subject}\n${head}\n${message.string()}`, `${config.name} ${seq}`, tokens);
    }
  }
  for (const name of ["LOG_CHANNEL", "KV_SECRETS", "KV_VIEWS"]) assert.ok(seen.includes(name), `${name} was read`);
}

/** All that lies in the home but what is there to hold a secret; no command line was given one either. */
function assertFilesClean(root: string, tokens: readonly string[]): void {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => !path.startsWith("http-token"),
  );
  for (const path of files.filter((each) => statSync(join(root, each)).isFile())) {
    assertClean(readFileSync(join(root, path), "latin1"), path, tokens);
  }
}

function assertHandedOn(up: Up): void {
  const { ofBot, ...ofModels } = CANARIES;
  const has = (name: string, value: string) =>
    readFileSync(`/proc/${up.pidOf(name)}/environ`, "latin1").includes(value);
  for (const value of Object.values(ofModels)) {
    assert.ok(has("channel", value));
    for (const other of ["http", "bus", "telegram"]) assert.equal(has(other, value), false, other);
  }
  assert.ok(has("telegram", ofBot));
  for (const other of ["http", "bus", "channel", "worker", "executor"]) assert.equal(has(other, ofBot), false, other);
}

function asOperator(here: Installation): Promise<Client> {
  const seed = readSeed(join(here.root, "keys"), OPERATOR);
  return Client.connect({ url: `nats://127.0.0.1:${here.port}`, user: OPERATOR, seed, name: "test" });
}
