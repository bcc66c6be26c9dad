import assert from "node:assert/strict";
import { type ExecFileException, execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { newCode } from "#bridges/telegram/poller/code.ts";
import { connectAs } from "#deploy/access.ts";
import { openVault, removeSecret } from "#deploy/secrets/vault.ts";
import { readShared } from "#deploy/settings/shared.ts";
import { botOf } from "#deploy/telegram/bot.ts";
import { ownerByCode } from "#deploy/telegram/owner-code.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { FakeTelegram } from "#support/telegram/fake-api.ts";
import { Terminal } from "./terminal.ts";

const ADA = { id: 4711, first_name: "Ada", last_name: "L." } as const;

let server: TestServer;
let operator: Client;
let fake: FakeTelegram;
const root = mkdtempSync(join(tmpdir(), "thalassa-setup-telegram-"));
before(async () => {
  server = await startServer();
  operator = await connectAs(OPERATOR, server);
});
after(async () => {
  await operator[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(async () => {
  fake = await FakeTelegram.start();
});
afterEach(() => fake[Symbol.asyncDispose]());

const env = () => ({
  ...{ PATH: process.env.PATH, NO_COLOR: "1", THALASSA_HOME: root, THALASSA_TELEGRAM_API: fake.url },
  ...{ THALASSA_NATS_URL: server.url, THALASSA_KEYS: server.keysDir },
});

/** Runs the command without a terminal. */
function setup(args: readonly string[], input = "", more: Readonly<Record<string, string>> = {}) {
  const words = [resolve("deploy/main.ts"), "setup", "telegram", ...args];
  const ended = Promise.withResolvers<{ code: ExecFileException["code"]; out: string; err: string }>();
  const child = execFile(process.execPath, words, { env: { ...env(), ...more } }, (error, out, err) => {
    ended.resolve({ code: error?.code ?? 0, out, err });
  });
  child.stdin?.on("error", () => {}).end(input);
  return ended.promise;
}

async function kept(): Promise<unknown> {
  const { secrets } = await openVault(operator, { root, env: {} });
  return secrets.map((secret) => (secret.type === "open" ? [secret.name, secret.value] : secret.name));
}

const errorIn = (err: string) => JSON.parse(err).error;

test("a token and an owner that are given are kept, and once more adds what is new", async () => {
  const token = `${fake.token}\n`;
  const first = await setup(["--token-stdin", "--owner", "4711", "--mode", "polling"], token);
  assert.equal(first.code, 0, first.err);
  assert.match(
    first.out,
    /^@our_bot serves the agents; owners: 4711; messages come by polling\nstart thalassa up anew/,
  );
  assert.deepEqual(await kept(), [["TELEGRAM_BOT_TOKEN", fake.token]]);
  const url = "https://bot.example.org/in";
  const again = await setup(["--json", "--owner", "4712", "--owner", "4711", "--webhook-url", url]);
  const report = { owners: ["4711", "4712"], mode: "webhook", url, bot: "our_bot", hidden: [] };
  assert.deepEqual(JSON.parse(again.out), report, again.err);
  const shared = await readShared(operator);
  assert.deepEqual(
    ["telegram.owners", "telegram.mode", "telegram.webhook_url"].map((key) => shared.get(key)),
    ["4711,4712", "webhook", url],
  );
  const hidden = await setup(["--mode", "polling"], "", { THALASSA_TELEGRAM_MODE: "webhook" });
  assert.equal(hidden.code, 0, hidden.err);
  for (const { out, err } of [first, again, hidden]) assert.ok(!(out + err).includes(fake.token.split(":")[1] ?? ""));
  assert.deepEqual(fake.violations, []);
});

test("without a terminal it names what nobody has said, and keeps nothing", async () => {
  await removeSecret(operator, "TELEGRAM_BOT_TOKEN").catch(() => {});
  const { code, err } = await setup(["--json", "--mode", "webhook"], "", {
    THALASSA_TELEGRAM_OWNERS: "none",
    THALASSA_TELEGRAM_WEBHOOK_URL: "none",
  });
  assert.equal(code, 2);
  assert.equal(errorIn(err).code, "setup-unanswered");
  assert.match(errorIn(err).message, /open: --token-stdin or TELEGRAM_BOT_TOKEN, --owner, --webhook-url$/);
  const wrong = await setup(["--json", "--owner", "ada"]);
  assert.deepEqual([wrong.code, errorIn(wrong.err).code], [2, "setting-invalid"]);
  assert.deepEqual(await kept(), []);
});

test("a token that is none, and a Telegram that does not answer, are told without the token", async () => {
  const canary = "8200000001:AAcanarycanarycanarycanarycanary000";
  for (const token of ["no token", canary]) {
    const { code, err } = await setup(["--json", "--token-stdin", "--owner", "4711"], token);
    assert.deepEqual([code, errorIn(err).code], [1, "telegram-token-refused"], err);
    assert.ok(!err.includes("AAcanary"), err);
  }
  const nowhere = { THALASSA_TELEGRAM_API: "http://127.0.0.1:1" };
  const { code, err } = await setup(["--json", "--token-stdin", "--owner", "4711"], canary, nowhere);
  assert.deepEqual([code, errorIn(err).code], [1, "telegram-unreachable"], err);
  assert.ok(!err.includes("AAcanary"), err);
  assert.deepEqual(await kept(), []);
});

test("an owner is whoever sends the code in private, and nothing of it is confirmed", async () => {
  const bot = await botOf(fake.token, fake.url);
  const code = newCode();
  assert.match(code, /^[A-HJ-NP-Z2-9]{8}$/);
  fake.says(-100, { id: 9, first_name: "Eve" }, `/start ${code}`);
  fake.says(4712, { id: 4712, first_name: "Bob" }, "/start ABCDEFGH");
  const named = ownerByCode(bot, code, { pauseMs: 10 });
  await fake.until(({ calls }) => calls.some(({ method }) => method === "getUpdates") || undefined, "a look");
  fake.says(ADA.id, ADA, `/start ${code}`);
  assert.deepEqual(await named, { id: 4711, name: "Ada L." });
  assert.equal(fake.pending, 3);
  assert.deepEqual(fake.violations, []);
});

test("an owner that nobody names in time, or that somebody else would hear of, is told why", async () => {
  const bot = await botOf(fake.token, fake.url);
  const wait = (patienceMs = 60_000) => ownerByCode(bot, "ABCDEFGH", { pauseMs: 10, patienceMs });
  await assert.rejects(wait(30), { code: "telegram-owner-unnamed", message: /^nobody has sent the code to @our_bot/ });
  fake.fault({ type: "502", method: "getUpdates", times: 2 });
  fake.fault({ type: "409", method: "getUpdates" });
  await assert.rejects(wait(), { code: "telegram-owner-unnamed", message: /another program asks for/ });
  for (let nth = 0; nth < 100; nth++) fake.says(4712, { id: 4712, first_name: "Bob" }, `${nth}`);
  await assert.rejects(wait(), { code: "telegram-owner-unnamed", message: /100 unread messages/ });
  await bot.api.setWebhook("https://bot.example.org/in");
  await assert.rejects(wait(), { code: "telegram-owner-unnamed", message: /to https:\/\/bot\.example\.org\/in/ });
});

test("at a terminal it asks for the token without showing it, and waits for the owner's word", async () => {
  await removeSecret(operator, "TELEGRAM_BOT_TOKEN").catch(() => {});
  const settings = { ...env(), THALASSA_TELEGRAM_OWNERS: "none", THALASSA_TELEGRAM_MODE: "polling" };
  using terminal = new Terminal(root, ["setup", "telegram"], settings);
  await terminal.answer(/Token of the bot/, `${fake.token}\r`);
  await terminal.answer(/start=[A-Z2-9]{8}/, "");
  const [, code = ""] = /start=([A-Z2-9]{8})/.exec(terminal.said) ?? [];
  fake.says(ADA.id, ADA, `/start ${code}`);
  await terminal.answer(/How do messages come\?/, "\r");
  assert.equal(await terminal.ended(), 0, terminal.said);
  assert.match(terminal.said, /that was Ada L\. \(4711\)/);
  assert.match(terminal.said, /@our_bot serves the agents; owners: 4711;/);
  assert.ok(!terminal.said.includes(fake.token), "the token was shown");
  assert.deepEqual(await kept(), [["TELEGRAM_BOT_TOKEN", fake.token]]);
});
