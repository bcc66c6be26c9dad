import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cortex, cortexKind, slotRulesFrom } from "#actors/cortex/kind.ts";
import { limitsFrom } from "#models/mod.ts";
import { type Charge, personId, scopeKey } from "#subjects/charge.ts";
import type { CortexEvent } from "#subjects/cortex.ts";
import { type Address, isToken } from "#subjects/mod.ts";
import { FIRST_AT, specOf } from "#support/spec.ts";

const env = { THALASSA_BUDGET_DAY_USD: "0.001", THALASSA_BUDGET_WARN_USD: "0.0005" };

const kind = cortexKind(limitsFrom(env), slotRulesFrom({}));
const spec = specOf(kind);

const conversation: Address = "main.channel.terminal-default";
const ada = { party: "telegram", id: "4711", name: "Ada" } as const;

const day = "2026-09-21";

function charge(microUsd: number, more: Partial<Charge> = {}): Charge {
  return { input: 10, output: 2, cacheRead: 0, cacheWrite: 0, microUsd, model: "openai/x", for: conversation, ...more };
}

function mail(data: Charge, from: Address | undefined = conversation, at = FIRST_AT) {
  return { type: "mail", verb: "charge", id: "input", at, data, ...(from === undefined ? {} : { from }) } as const;
}

const spent = (tokens: number, microUsd: number) => ({ tokens, microUsd });

function charged(microUsd: number, total: number, calls: number): ChargedEvent {
  const sum = spent(12 * calls, total);
  return { type: "charged", data: { ...charge(microUsd), by: conversation, day, spent: { agent: sum, channel: sum } } };
}

describe("a cortex", () => {
  it("counts a charge for the agent, the conversation and the person, and shows each", () => {
    const sum = spent(12, 300);
    const data = charge(300, { who: ada });
    const totals = { agent: sum, channel: sum, person: sum };
    spec
      .given()
      .when(mail(data, "main.branch.b1-0"))
      .decides({ type: "charged", data: { ...data, by: "main.branch.b1-0", day, spent: totals } })
      .sends({
        agent: { type: "view", view: "budgets", id: "agent", data: { day, ...sum } },
        channel: { type: "view", view: "budgets", id: "channel-terminal-default", data: { day, ...sum } },
        person: { type: "view", view: "budgets", id: "person-telegram-4711", data: { day, ...sum } },
      })
      .after.runs()
      .answers("usage", {
        days: [
          {
            day,
            calls: 1,
            ...sum,
            by: {
              channel: { "terminal-default": sum },
              person: { "telegram-4711": sum },
              kind: { branch: sum },
              model: { "openai/x": sum },
            },
          },
        ],
      });
  });

  it("tells the conversation once where a soft limit is reached, and once where a hard one is", () => {
    const soft = "This agent has spent $0.000600 on 2026-09-21 (UTC). At $0.0010 it stops until the day ends.";
    const hard =
      "This agent has spent $0.0011 on 2026-09-21 (UTC). That is the limit of a day: no new call of a model that costs " +
      "anything begins until midnight UTC. To go on before: thalassa config set budget.day_usd 0.002, then start thalassa up anew.";
    const first = charged(400, 400, 1);
    const second = withReached(charged(200, 600, 2), "soft", soft);
    const third = withReached(charged(500, 1_100, 3), "hard", hard);
    spec
      .given(first)
      .when(mail(charge(200)))
      .decides(second);
    spec
      .given(first, second)
      .when(mail(charge(1)))
      .decides(charged(1, 601, 3));
    spec
      .given(first, second)
      .when(mail(charge(500)))
      .decides(third);
    spec
      .given(first, second, third)
      .when(mail(charge(500)))
      .decides(charged(500, 1_600, 4));
  });

  it("tells of what stops alone where one charge reaches both limits", () => {
    const event = decided(charge(5_000));
    assert.deepEqual(
      event.data.reached?.map(({ limit }) => limit),
      ["soft", "hard"],
    );
    const { warn } = kind.sends(event, { address: "main.cortex.main", id: "e1", at: 0 });
    assert.ok(warn?.type === "mail" && warn.verb === "warn" && warn.to === conversation);
    assert.match(String((warn.data as { text: string }).text), /^This agent has spent \$0\.0050.*day_usd 0\.002/);
    assert.doesNotMatch(String((warn.data as { text: string }).text), /it stops until/);
  });

  it("counts an old charge on its own day", () => {
    const late = FIRST_AT - 86_400_000;
    const given = spec.given(charged(400, 400, 1)).when(mail(charge(100), conversation, late));
    const usage = given.after.state.days.map(({ day: each, microUsd }) => [each, microUsd]);
    assert.deepEqual(usage, [
      ["2026-09-20", 100],
      [day, 400],
    ]);
  });

  it("of whoever only folds logs has the limits that hold where nothing is said", () => {
    const event = cortex.decide(cortex.initial("main.cortex.main"), mail(charge(10_000_000)));
    assert.match(event?.type === "charged" ? JSON.stringify(event) : "", /At \$20\.00 it stops/);
  });

  it("refuses what nobody signed, and what is another agent's or no conversation's", () => {
    spec
      .given()
      .when({ type: "mail", verb: "charge", id: "x", at: FIRST_AT, data: charge(1) })
      .refuses("charge-unsigned");
    spec
      .given()
      .when(mail(charge(1), "other.channel.x"))
      .refuses("charge-foreign");
    spec
      .given()
      .when(mail(charge(1, { for: "other.channel.x" })))
      .refuses("charge-foreign");
    spec
      .given()
      .when(mail(charge(1, { for: "main.branch.b1-0" })))
      .refuses("charge-foreign");
  });

  it("counts tokens of a model that nobody charges for", () => {
    const { microUsd: _, ...free } = charge(0);
    const event = decided(free);
    assert.deepEqual(event.data.spent.agent, spent(12, 0));
  });
});

describe("a key of a scope", () => {
  it("is one token that tells names apart, however they are written", () => {
    const ids = ["4711", "a.b", "é".repeat(200), `${"é".repeat(199)}e`, "\uD800x", "__proto__"];
    const keys = ids.map((id) => scopeKey("person", personId({ party: "http", id })));
    assert.ok(keys.every(isToken), keys.join("\n"));
    assert.equal(new Set(keys).size, keys.length);
    const long = scopeKey("channel", "x".repeat(240));
    assert.ok(isToken(long) && long !== scopeKey("channel", `${"x".repeat(239)}y`));
  });
});

type ChargedEvent = Extract<CortexEvent, { type: "charged" }>;

function decided(data: Charge): ChargedEvent {
  const event = kind.decide(kind.initial("main.cortex.main"), mail(data));
  assert.ok(event?.type === "charged");
  return event;
}

function withReached(event: ChargedEvent, limit: "soft" | "hard", text: string): ChargedEvent {
  return { ...event, data: { ...event.data, reached: [{ limit, scope: "agent", text }] } };
}
