import assert from "node:assert/strict";
import { test } from "node:test";
import { answerInside, answerTo, classesOf, EXAMPLES, WORK } from "./lines.ts";

for (const [line, classes, effect] of EXAMPLES) {
  test(`${JSON.stringify(line)} is ${classes}, and an owner is answered ${effect}`, () => {
    assert.deepEqual([classesOf(line), answerTo(line).effect], [classes, effect]);
  });
}

for (const [line, effect] of WORK) {
  test(`${JSON.stringify(line)} is answered ${effect} in an environment, to owner and user alike, and denied to a guest`, () => {
    assert.deepEqual(
      (["owner", "user", "guest"] as const).map((role) => answerInside(line, role).effect),
      [effect, effect, "deny"],
    );
  });
}
