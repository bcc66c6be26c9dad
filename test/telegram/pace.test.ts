import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import { LIMITS, Pace } from "#bridges/telegram/api/pace.ts";
import type { Place } from "#subjects/telegram-update.ts";

const ADA: Place = { chat: 4711, kind: "private" };

const FORUM: Place = { chat: -5, kind: "group", topic: 7 };

/** Whether a message may be changed there at once. */
async function mayCall(pace: Pace, place: Place, journalled: readonly number[]): Promise<boolean> {
  const controller = new AbortController();
  let may = false;
  const turn = pace.turn(place, false, journalled, controller.signal).then(
    () => {
      may = true;
    },
    () => {},
  );
  await tick();
  controller.abort();
  await turn;
  return may;
}

test("calls of another process count where a chat has come back from it", async () => {
  const pace = new Pace();
  const most = LIMITS.private.most;
  assert.equal(await mayCall(pace, ADA, []), true);
  const others = Array.from({ length: most - 1 }, (_, at) => Date.now() - 5_000 + at);
  assert.equal(await mayCall(pace, ADA, others), false, "with its own one there are as many as may be");
  assert.equal(await mayCall(pace, ADA, others), false, "however often it is told of them");
});

test("a call that the log knows as well counts once", async () => {
  const pace = new Pace();
  const made: number[] = [];
  for (let calls = 0; calls < LIMITS.private.most; calls++) {
    assert.equal(await mayCall(pace, ADA, made), true, `after ${calls}`);
    made.push(Date.now());
  }
  assert.equal(await mayCall(pace, ADA, made), false);
});

test("topics of a group share what it may have, also where another process has shown something in one", async () => {
  const pace = new Pace();
  const recent = Array.from({ length: LIMITS.group.most - 1 }, (_, at) => Date.now() - 30_000 + at);
  assert.equal(await mayCall(pace, FORUM, recent), true);
  assert.equal(await mayCall(pace, { ...FORUM, topic: 8 }, []), false);
});
