import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BudgetSpent, budgetsFrom } from "#models/budget.ts";
import { limitsFrom } from "#models/limits.ts";

const NOW = Date.parse("2026-11-21T18:48:00Z");

const USD = 1_000_000;

const conversation = "main.channel.terminal-default";
const ada = { party: "telegram", id: "4711" } as const;

const entry = (microUsd: number, day = "2026-11-21", tokens = 0): string =>
  JSON.stringify({ seq: 7, day, tokens, microUsd });

/** A gate over entries, and the keys that it has read. */
function gate(entries: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}, isFree = false) {
  const asked: string[] = [];
  const read = async (key: string): Promise<string | undefined> => {
    asked.push(key);
    return entries[key];
  };
  return { asked, budgets: budgetsFrom(read, env, { now: () => NOW, isFree: () => isFree }) };
}

const spent = (message: RegExp) => (error: unknown) =>
  error instanceof BudgetSpent && error.code === "budget-spent" && message.test(error.message);

describe("the gate", () => {
  it("lets whoever has spent less through, and reads only what has a limit", async () => {
    const { asked, budgets } = gate({ "budgets.main.agent": entry(20 * USD - 1) });
    await budgets.allow({ conversation, who: ada });
    assert.deepEqual(asked, ["budgets.main.agent"]);
    const all = gate({}, { THALASSA_BUDGET_CHANNEL_DAY_USD: "1", THALASSA_BUDGET_PERSON_DAY_USD: "1" });
    await all.budgets.allow({ conversation, who: ada });
    const keys = ["budgets.main.agent", "budgets.main.channel-terminal-default", "budgets.main.person-telegram-4711"];
    assert.deepEqual(all.asked, keys);
    const nobody = gate({}, { THALASSA_BUDGET_DAY_USD: "0", THALASSA_BUDGET_PERSON_DAY_USD: "1" });
    await nobody.budgets.allow({ conversation });
    assert.deepEqual(nobody.asked, []);
  });

  it("refuses at a hard limit, and says which, until when and what to do", async () => {
    const { budgets } = gate({ "budgets.main.agent": entry(20.034 * USD) });
    const message =
      "the agent's budget of today is spent ($20.03 of $20.00); a new day begins at midnight UTC, in 5 h 12 min; " +
      "to go on before, thalassa config set budget.day_usd 40, then start thalassa up anew";
    await assert.rejects(budgets.allow({ conversation }), { code: "budget-spent", message });
    assert.ok(message.length < 290, "a person is shown no more than 300 characters of a reason");
  });

  it("knows the limits of a conversation, a person and of tokens", async () => {
    const env = {
      THALASSA_BUDGET_CHANNEL_DAY_USD: "0.5",
      THALASSA_BUDGET_PERSON_DAY_USD: "2",
      THALASSA_BUDGET_DAY_TOKENS: "1000",
    };
    const channel = gate({ "budgets.main.channel-terminal-default": entry(USD / 2) }, env);
    await assert.rejects(channel.budgets.allow({ conversation }), spent(/^this conversation's .*channel_day_usd 1,/));
    const person = gate({ "budgets.main.person-telegram-4711": entry(2 * USD) }, env);
    await assert.rejects(person.budgets.allow({ conversation, who: ada }), spent(/^your budget .*person_day_usd 4,/));
    await person.budgets.allow({ conversation, who: { ...ada, id: "4712" } });
    const tokens = gate({ "budgets.main.agent": entry(0, "2026-11-21", 1_000) }, env);
    await assert.rejects(
      tokens.budgets.allow({ conversation }),
      spent(/1,000 tokens of 1,000 tokens.*day_tokens 2000,/),
    );
  });

  it("forgets what was spent on another day, and what nobody can read", async () => {
    for (const text of [entry(99 * USD, "2026-11-20"), entry(99 * USD, "2026-11-22"), "{", '{"seq":1}']) {
      await gate({ "budgets.main.agent": text }).budgets.allow({ conversation });
    }
  });

  it("looks at nothing where nobody charges", async () => {
    const { asked, budgets } = gate({ "budgets.main.agent": entry(99 * USD) }, {}, true);
    await budgets.allow({ conversation });
    assert.deepEqual(asked, []);
  });

  it("stands open on a bus whose rights are older, and passes every other failure on", async () => {
    const failing = (code: string) => {
      const error = Object.assign(new Error(code), { code });
      return budgetsFrom(() => Promise.reject(error), {});
    };
    await failing("not-allowed").allow({ conversation });
    await assert.rejects(failing("closed").allow({ conversation }), { code: "closed" });
  });
});

describe("limits", () => {
  it("are twenty dollars a day and told at ten, where nothing is said", () => {
    assert.deepEqual(limitsFrom({}), [
      { scope: "agent", measure: "microUsd", soft: 10 * USD, hard: 20 * USD, setting: "budget.day_usd" },
    ]);
  });

  it("may be turned off, be fractions, and are told at 80 % where nothing else says when", () => {
    assert.deepEqual(limitsFrom({ THALASSA_BUDGET_DAY_USD: "0", THALASSA_BUDGET_WARN_USD: "0" }), []);
    const env = { THALASSA_BUDGET_DAY_USD: "0", THALASSA_BUDGET_CHANNEL_DAY_USD: "0.25" };
    assert.deepEqual(limitsFrom(env), [
      { scope: "agent", measure: "microUsd", soft: 10 * USD, setting: "budget.day_usd" },
      { scope: "channel", measure: "microUsd", soft: 200_000, hard: 250_000, setting: "budget.channel_day_usd" },
    ]);
  });

  it("that cannot be read are refused by the variable's name", () => {
    for (const text of ["a lot", "-1", "1e3", "0.1234567"]) {
      assert.throws(() => limitsFrom({ THALASSA_BUDGET_WARN_USD: text }), { message: /^THALASSA_BUDGET_WARN_USD is / });
    }
  });
});
