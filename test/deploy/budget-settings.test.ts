import assert from "node:assert/strict";
import { test } from "node:test";
import { BUDGET_SETTINGS } from "#deploy/settings/budget-settings.ts";
import { type Sources, variablesForKinds } from "#deploy/settings/resolve.ts";
import { SETTINGS } from "#deploy/settings/table.ts";
import { limitsFrom } from "#models/limits.ts";

const sources = (entries: Readonly<Record<string, string | number>> = {}, env: Sources["env"] = {}): Sources => ({
  env,
  file: {
    path: "thalassa.toml",
    entries: new Map(Object.entries(entries).map(([key, value]) => [key, { value, line: undefined }])),
  },
  shared: { type: "unasked", why: "a test" },
});

const bounds = (from: Sources) => limitsFrom(variablesForKinds(from)).map(({ setting, hard }) => [setting, hard]);

test("what is set of budgets is what the processes keep to, with the same defaults", () => {
  assert.deepEqual(limitsFrom(variablesForKinds(sources())), limitsFrom({}));
  const set = { "budget.day_usd": 0.5, "budget.channel_day_usd": "0.000001", "budget.person_day_usd": 3 };
  assert.deepEqual(bounds(sources(set, { THALASSA_BUDGET_DAY_TOKENS: "5000" })), [
    ["budget.day_usd", 500_000],
    ["budget.day_tokens", 5_000],
    ["budget.channel_day_usd", 1],
    ["budget.person_day_usd", 3_000_000],
  ]);
});

test("an amount that cannot be is refused with what may be", () => {
  for (const wrong of ["-1", "1e3", "much", "0.0000001", "1000001"]) {
    assert.throws(() => variablesForKinds(sources({ "budget.day_usd": wrong })), {
      code: "setting-invalid",
      hint: /a number from 0 to 1000000, such as 20 or 0\.5/,
    });
  }
});

test("every limit names a setting that there is", () => {
  const all = Object.fromEntries(Object.keys(BUDGET_SETTINGS).map((key) => [key, 1]));
  for (const [setting] of bounds(sources(all))) assert.ok(Object.hasOwn(SETTINGS, String(setting)), setting as string);
});

test("prices are a setting, refused where they are in no form", () => {
  const read = (text: string) => variablesForKinds(sources({ "models.prices": text })).THALASSA_MODELS_PRICES;
  assert.equal(read("openai/a=1/2; vllm=0.1/0.4/0.01/0.1"), "openai/a=1/2; vllm=0.1/0.4/0.01/0.1");
  assert.throws(() => read("openai/a=cheap"), { code: "setting-invalid" });
});
