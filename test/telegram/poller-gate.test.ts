import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentUpdate } from "#bridges/telegram/poller/brought.ts";
import { decidePoller } from "#bridges/telegram/poller/decide.ts";
import { evolvePoller } from "#bridges/telegram/poller/evolve.ts";
import type { PollerRules } from "#bridges/telegram/poller/rules.ts";
import { initialPoller } from "#bridges/telegram/poller/state.ts";
import { addressOf } from "#subjects/mod.ts";
import type { Incoming } from "#subjects/telegram-update.ts";
import { FIRST_AT } from "#support/spec.ts";
import { batch, heard, OWNER, pollerSpec, RULES, STRANGER, USER } from "#support/telegram/poller-spec.ts";

const HOUR_MS = 3_600_000;

/** A poller over time: what it makes of each batch, some ms after the first. */
function poller(rules: Partial<PollerRules> = {}) {
  const decide = decidePoller({ ...RULES, ...rules });
  const address = addressOf("main", "telegram", "poller");
  let state = initialPoller(address);
  return (afterMs: number, ...updates: AgentUpdate[]) => {
    const at = FIRST_AT + afterMs;
    const event = decide(state, { ...batch(updates), at });
    assert.ok(event?.type === "received", JSON.stringify(event));
    state = evolvePoller(state, event, { at });
    return event.data;
  };
}

function other(update: number, incoming: Incoming, group?: number): AgentUpdate {
  return { ...heard(update, STRANGER, {}, group), incoming };
}

test("an owner and a user are heard as what they are", () => {
  const updates = [heard(7, OWNER), heard(8, USER)];
  const [first, second] = updates.map((update, at) => ({ ...update, role: at === 0 ? "owner" : "user" }) as const);
  assert.ok(first && second);
  pollerSpec()
    .given()
    .when(batch(updates, { numbers: [7, 8, 9] }))
    .decides({ type: "received", data: { updates: [first, second], numbers: [7, 8, 9] } })
    .sends({
      "update-7": { type: "mail", to: addressOf("main", "telegram", "1"), verb: "update", data: first },
      "update-8": { type: "mail", to: addressOf("main", "telegram", "2"), verb: "update", data: second },
    });
});

test("a topic's update goes to the topic's actor of the agent whose chat it is", () => {
  const update = heard(7, OWNER, { addressed: true }, -100);
  const inTopic = { ...update, agent: "writer", place: { ...update.place, topic: 9 } };
  pollerSpec()
    .given()
    .when(batch([inTopic]))
    .sends({
      "update-7": {
        type: "mail",
        to: addressOf("writer", "telegram", "-100-t9"),
        verb: "update",
        data: { ...inTopic, role: "owner" },
      },
    });
});

test("a stranger in private is given a code once, and nothing of what they say is kept", () => {
  const given = poller();
  const { updates, asking, owners, numbers } = given(0, heard(1, STRANGER, { text: "let me in" }), heard(2, STRANGER));
  assert.deepEqual(updates, []);
  assert.deepEqual(numbers, [1, 2]);
  assert.deepEqual(owners, [OWNER.id]);
  assert.deepEqual(asking, [{ code: "CODEAAAA", person: STRANGER, chat: 4711, until: FIRST_AT + HOUR_MS }]);
  const later = given(HOUR_MS - 1, heard(3, STRANGER, { text: "again" }));
  assert.deepEqual(later, { updates: [], numbers: [3] });
  assert.equal(given(HOUR_MS, heard(4, STRANGER)).asking?.length, 1);
});

test("a stranger's command asks too, and a code that lives is nobody else's", () => {
  const given = poller();
  given(0, heard(1, STRANGER, { command: { name: "start", rest: "" } }));
  const { asking } = given(0, heard(2, { id: 5, name: "Bo" }), heard(3, { id: 6, name: "Cy" }));
  assert.deepEqual(
    asking?.map(({ code }) => code),
    ["CODEBBBB", "CODECCCC"],
  );
});

test("at most a hundred people ask at once", () => {
  const given = poller();
  const codes = Array.from({ length: 120 }, (_, at) => `CODE${1_000 + at}`);
  const many = codes.map((_, at) => heard(at + 1, { id: at + 1_000, name: "x" }));
  const event = decidePoller(RULES)(initialPoller(addressOf("main", "telegram", "poller")), batch(many, { codes }));
  assert.ok(event?.type === "received");
  assert.equal(event.data.asking?.length, 100);
  assert.equal(given(0, heard(1, STRANGER)).asking?.length, 1);
});

test("a stranger in a group is passed over", () => {
  const given = poller({ groups: "all" });
  assert.deepEqual(given(0, heard(1, STRANGER, { addressed: true }, -100)), { updates: [], numbers: [1] });
});

test("in groups the bot hears what means it, all, or nothing", () => {
  const count = (groups: PollerRules["groups"]) =>
    poller({ groups })(0, heard(1, USER, {}, -100), heard(2, USER, { addressed: true }, -100)).updates.length;
  assert.deepEqual([count("mention"), count("all"), count("off")], [1, 2, 0]);
});

test("a change of somebody known goes to the chat, one of a stranger does not", () => {
  const edited = (from: typeof USER) => ({ type: "edited", message: 3, from, text: "new", at: FIRST_AT }) as const;
  const { updates } = poller()(0, other(1, edited(USER), -100), other(2, edited(STRANGER)));
  assert.deepEqual(
    updates.map(({ update }) => update),
    [1],
  );
});

test("who comes and goes and where to goes to the chat, whoever did it", () => {
  const membership = { type: "membership", from: STRANGER, present: false } as const;
  const { updates } = poller({ groups: "off" })(
    0,
    other(1, membership, -100),
    other(2, { type: "moved", to: -200 }, -100),
  );
  assert.deepEqual(
    updates.map(({ update, turned }) => [update, turned]),
    [
      [1, undefined],
      [2, undefined],
    ],
  );
});

test("a stranger who presses a button is told that it is not for them, and not for ever", () => {
  const press = (update: number) => other(update, { type: "pressed", query: `${update}`, from: STRANGER }, -100);
  const { updates } = poller()(0, ...[1, 2, 3, 4, 5].map(press));
  assert.deepEqual(
    updates.map(({ role, turned }) => [role, turned]),
    Array.from({ length: 3 }, () => ["guest", "This is not for you."]),
  );
  const given = poller({ allPerMinute: 1 });
  given(0, press(1));
  assert.equal(
    given(1, heard(2, USER)).updates[0]?.turned,
    undefined,
    "strangers take nothing from those who are known",
  );
});

test("whoever writes too much is told once a minute, and is heard again when it has passed", () => {
  const given = poller();
  const first = given(0, ...[1, 2, 3, 4, 5].map((update) => heard(update, OWNER, { text: "x".repeat(250) })));
  assert.deepEqual(
    first.updates.map(({ turned }) => turned !== undefined),
    [false, false, false, true],
  );
  assert.match(first.updates[3]?.turned ?? "", /3 messages a minute.*again/);
  const said = first.updates[3]?.incoming;
  assert.equal(said?.type === "message" && said.text.length, 200);
  assert.deepEqual([first.hasty, first.numbers], [[OWNER.id], [1, 2, 3, 4, 5]]);
  assert.deepEqual(given(30_000, heard(6, OWNER)).updates, []);
  assert.equal(given(30_000, heard(7, USER)).updates[0]?.turned, undefined);
  assert.equal(given(60_001, heard(8, OWNER)).updates[0]?.turned, undefined);
});

test("all together write no more than is taken", () => {
  const people = [10, 11, 12, 13, 14, 15].map((id) => ({ id, name: `${id}` }));
  const roles = { owners: [], users: ["telegram:*"] };
  const { updates, hasty } = poller({ roles })(0, ...people.map((person, at) => heard(at + 1, person)));
  assert.match(updates[5]?.turned ?? "", /5 messages a minute in all/);
  assert.deepEqual(hasty, [15]);
});

test("presses and changes count, and an album counts once", () => {
  const given = poller();
  const album = [1, 2, 3, 4].map((update) => heard(update, USER, { album: "a" }));
  const press = other(5, { type: "pressed", query: "q", from: USER });
  const edit = other(6, { type: "edited", message: 1, from: USER, text: "x", at: 0 });
  const { updates } = given(0, ...album, press, edit, heard(7, USER), heard(8, USER));
  assert.deepEqual(
    updates.filter(({ turned }) => turned !== undefined).map(({ update }) => update),
    [7],
  );
  assert.equal(given(10, heard(9, USER, { album: "a" })).updates[0]?.turned, undefined);
});

test("what is too long is turned away with what to do, a change of that length is cut", () => {
  const long = "é".repeat(301);
  const edit = other(2, { type: "edited", message: 1, from: USER, text: long, at: 0 });
  const { updates } = poller()(0, heard(1, USER, { text: long }), edit, heard(3, USER, { text: "x".repeat(300) }));
  assert.match(updates[0]?.turned ?? "", /301 characters.*300.*text file/);
  assert.equal(updates[1]?.turned, undefined);
  assert.ok(updates[1]?.incoming.type === "edited" && updates[1].incoming.text.length === 301);
  assert.equal(updates[2]?.turned, undefined);
});
