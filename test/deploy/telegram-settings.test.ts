import assert from "node:assert/strict";
import { test } from "node:test";
import { rolesFrom } from "#actors/policy/mod.ts";
import { TELEGRAM_DEFAULTS, telegramOptionsFrom } from "#bridges/telegram/options.ts";
import { kindRoom } from "#deploy/kind-room.ts";
import { type Sources, variablesForKinds } from "#deploy/settings/resolve.ts";
import { configuredOf } from "#deploy/unconfigured.ts";

const TELEGRAM_BOT_TOKEN = "4711:a-token-of-nobody";

const sources = (entries: Readonly<Record<string, string | number>> = {}): Sources => ({
  env: {},
  file: {
    path: "thalassa.toml",
    entries: new Map(Object.entries(entries).map(([key, value]) => [key, { value, line: undefined }])),
  },
  shared: { type: "unasked", why: "a test" },
});

const optionsWith = (entries: Readonly<Record<string, string | number>>) =>
  telegramOptionsFrom({ ...variablesForKinds(sources(entries)), TELEGRAM_BOT_TOKEN });

test("what is set of Telegram is what the process goes by, with the same defaults", () => {
  assert.deepEqual(
    optionsWith({ "telegram.owners": 4711 }),
    telegramOptionsFrom({ TELEGRAM_BOT_TOKEN, THALASSA_TELEGRAM_OWNERS: "4711" }),
  );
  const set = {
    ...{ "telegram.owners": "4711, 4712", "telegram.mode": "webhook", "telegram.groups": "off" },
    ...{ "telegram.webhook_url": "https://bot.example.org/in", "telegram.webhook_host": "::1" },
    ...{ "telegram.webhook_port": 0, "telegram.user_per_minute": 3, "telegram.all_per_minute": "30" },
    ...{ "telegram.max_prompt": 500, "telegram.show": "final", "telegram.api": "http://127.0.0.1:8081" },
    ...{ "roles.users": "telegram:*", "models.channel": "offline" },
  };
  assert.deepEqual(optionsWith(set), {
    token: TELEGRAM_BOT_TOKEN,
    api: "http://127.0.0.1:8081",
    owners: [4711, 4712],
    roles: rolesFrom({ THALASSA_ROLES_USERS: "telegram:*" }),
    way: { type: "webhook", url: "https://bot.example.org/in", host: "::1", port: 0 },
    groups: "off",
    userPerMinute: 3,
    allPerMinute: 30,
    maxPrompt: 500,
    show: "final",
    models: "offline",
  });
  assert.equal(optionsWith({ "telegram.owners": "1" }).api, TELEGRAM_DEFAULTS.api);
});

test("a setting of Telegram that cannot be is refused with what may", () => {
  for (const [key, value] of [
    ["telegram.owners", "ada"],
    ["telegram.owners", -4711],
    ["telegram.webhook_url", "http://bot.example.org"],
    ["telegram.mode", "both"],
    ["telegram.max_prompt", 65_537],
  ] as const) {
    assert.throws(() => variablesForKinds(sources({ [key]: value })), { code: "setting-invalid" }, key);
  }
});

test("a kind that nobody has set up is left out and told once, and no other is", () => {
  const configured = (entries: Readonly<Record<string, string>>, token: string | undefined = TELEGRAM_BOT_TOKEN) => {
    const told: string[] = [];
    const variables = { ...variablesForKinds(sources(entries)), TELEGRAM_BOT_TOKEN: token };
    const processes = configuredOf(
      { channel: 2, telegram: 1 },
      () => variables,
      (line) => told.push(line),
    );
    return { processes, told: told.map((line) => line.replace("npx thalassa", "thalassa")) };
  };
  const remedy = "thalassa setup telegram sets it up";
  const without = (lack: string) => ({
    processes: { channel: 2 },
    told: [`telegram is not started: ${lack}; ${remedy}`],
  });
  assert.deepEqual(configured({ "telegram.owners": "4711" }, ""), without("no token"));
  assert.deepEqual(configured({}), without("no owner"));
  const webhook = { "telegram.owners": "4711", "telegram.mode": "webhook" };
  assert.deepEqual(configured(webhook), without("no address of the webhook"));
  const whole = { processes: { channel: 2, telegram: 1 }, told: [] };
  assert.deepEqual(configured({ "telegram.owners": "4711" }), whole);
  assert.deepEqual(configured({ ...webhook, "telegram.webhook_url": "https://bot.example.org" }), whole);
});

test("the program of a kind is found where its code stands", () => {
  assert.deepEqual(["channel", "telegram"].map(kindRoom), ["actors/channel", "bridges/telegram"]);
});
