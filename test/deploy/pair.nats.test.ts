import assert from "node:assert/strict";
import { type ExecFileException, execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { connectAs } from "#deploy/access.ts";
import { checkTelegram } from "#deploy/checks/telegram.ts";
import { checkProcesses } from "#deploy/checks/work.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { PollerStub } from "./poller-stub.ts";

let server: TestServer;
let operator: Client;
const root = mkdtempSync(join(tmpdir(), "thalassa-pair-"));
before(async () => {
  server = await startServer();
  operator = await connectAs(OPERATOR, server);
});
after(async () => {
  await operator[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const HOME = { THALASSA_HOME: root };
const SET_UP = { ...HOME, TELEGRAM_BOT_TOKEN: "4711:a-token-of-nobody", THALASSA_TELEGRAM_OWNERS: "4711" };

async function thalassa(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const places = { THALASSA_NATS_URL: server.url, THALASSA_KEYS: server.keysDir };
  const env = { PATH: process.env.PATH, NO_COLOR: "1", ...HOME, ...places, ...more };
  const ended = Promise.withResolvers<{ code: ExecFileException["code"]; out: string; err: string }>();
  execFile(process.execPath, [resolve("deploy/main.ts"), ...args], { env }, (error, out, err) =>
    ended.resolve({ code: error?.code ?? 0, out, err }),
  );
  return await ended.promise;
}

const told = (findings: readonly { readonly level: string; readonly message: string }[]) =>
  findings.map(({ level, message }) => `${level}: ${message}`).join("\n");

test("a bridge that nobody has set up is no failure, and ps and doctor say what it lacks", async () => {
  assert.match(told(await checkTelegram(operator, HOME)), /^good: not set up: no token; .*thalassa setup telegram/);
  assert.doesNotMatch(told(await checkProcesses(operator, HOME)), /telegram/);
  assert.match(
    (await thalassa(["ps"])).out,
    /^telegram is not started: no token; thalassa setup telegram sets it up$/m,
  );
  const { out } = await thalassa(["ps", "--json"], { TELEGRAM_BOT_TOKEN: SET_UP.TELEGRAM_BOT_TOKEN });
  assert.deepEqual(JSON.parse(out.split("\n").find((line) => line.includes('"telegram"')) ?? ""), {
    kind: "telegram",
    running: false,
    why: "no owner; thalassa setup telegram sets it up",
  });
});

test("a bridge that is set up and does not run is told as such", async () => {
  assert.match(told(await checkTelegram(operator, SET_UP)), /^bad: it is set up, and no process serves it/);
  assert.match(told(await checkProcesses(operator, SET_UP)), /^bad: no process of kind telegram answers/m);
  const environment = { TELEGRAM_BOT_TOKEN: SET_UP.TELEGRAM_BOT_TOKEN, THALASSA_TELEGRAM_OWNERS: "4711" };
  assert.match((await thalassa(["ps"], environment)).out, /^telegram does not run: no process of it answers/m);
  const { code, err } = await thalassa(["pair", "--json"]);
  assert.deepEqual([code, JSON.parse(err).error.code], [1, "unanswered"]);
});

test("what could not be shown is counted", async () => {
  await operator.wire.js.publish("thalassa.main.telegram.4711.dead.tell", "{}");
  await operator.wire.js.publish("thalassa.main.channel.terminal-a.dead.hear", "{}");
  assert.match(told(await checkTelegram(operator, HOME)), /^warn: 1 thing could not be passed on or shown$/m);
});

test("what stands in the way of a bridge that runs is told, and since when", async () => {
  await using _stub = await PollerStub.start(operator, await server.connect("telegram"));
  assert.match(told(await checkTelegram(operator, HOME)), /^warn: Telegram has not said yet who the bot is$/m);
  const put = (entry: object) => operator.wire.js.publish("$KV.VIEWS.telegram.main.poller", JSON.stringify(entry));
  const view = { seq: 3, bot: "our_bot", mode: "polling", at: Date.now() - 40_000 };
  await put(view);
  assert.match(told(await checkTelegram(operator, HOME)), /^good: @our_bot is served, by polling$/m);
  await put({ ...view, problem: "another program asks for updates" });
  const [finding] = await checkTelegram(operator, HOME);
  assert.match(finding?.message ?? "", /^@our_bot, for 4\d s: another program asks for updates$/);
  assert.equal(finding?.level, "bad");
});

test("somebody who asks is listed, let in by their code, and removed by their number", async () => {
  await using _stub = await PollerStub.start(operator, await server.connect("telegram"));
  assert.match((await thalassa(["pair"])).out, /^ +4711 +Ada +asks, for another (?:9|10) min +K7QF2M$/m);
  const approved = await thalassa(["pair", "approve", "K7QF2M"]);
  assert.deepEqual([approved.code, approved.out], [0, "whoever has the code K7QF2M is let in\n"], approved.err);
  const { since, ...listed } = JSON.parse((await thalassa(["pair", "list", "--json"])).out);
  assert.deepEqual(listed, { id: 4711, name: "Ada", paired: true });
  assert.equal(typeof since, "number");
  const removed = await thalassa(["pair", "remove", "4711", "--json"]);
  const { seq, ...what } = JSON.parse(removed.out);
  assert.deepEqual({ ...what, seq: typeof seq }, { person: 4711, event: "unpaired", seq: "number" });
  assert.equal((await thalassa(["pair", "refuse", "K7QF2M"])).code, 0);
});

test("a code that there is not, and somebody who was never let in, are refused in the bridge's words", async () => {
  await using _stub = await PollerStub.start(operator, await server.connect("telegram"));
  for (const args of [
    ["pair", "approve", "NOBODY"],
    ["pair", "remove", "4712"],
  ]) {
    const { code, err } = await thalassa([...args, "--json"]);
    const { error } = JSON.parse(err);
    assert.deepEqual([code, error.code], [1, "pair-refused"]);
    assert.match(error.message, /^the bridge to Telegram refuses \(no-such\): nobody has it/);
  }
  const { code, err } = await thalassa(["pair", "remove", "ada", "--json"]);
  assert.deepEqual([code, JSON.parse(err).error.code], [2, "bad-use"]);
});

test("what nobody hears is told as such in time, and is kept", async () => {
  const { code, err } = await thalassa(["pair", "approve", "LATER2", "--json"]);
  assert.deepEqual([code, JSON.parse(err).error.code], [1, "pair-unanswered"]);
});
