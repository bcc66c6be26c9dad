import assert from "node:assert/strict";
import { test } from "node:test";
import { resultText } from "#actors/worker/shown-order.ts";

const quiet = { text: "", bytes: 0 };
const ran = { type: "exec", ms: 1_200, stdout: quiet, stderr: quiet } as const;

test("a program that was killed is shown with what most likely did it", () => {
  assert.deepEqual(resultText({ ...ran, how: "ended", code: 137 }), {
    text: "exit code 137 (killed, which is what happens when its environment's memory runs out), after 1.2 s",
    failed: true,
  });
  assert.equal(resultText({ ...ran, how: "ended", code: 1 }).text, "exit code 1, after 1.2 s");
  assert.equal(resultText({ ...ran, how: "killed" }).text, "It was ended, after 1.2 s.");
});

test("a program that was interrupted is shown with why, where somebody knows", () => {
  const { text, failed } = resultText({ ...ran, how: "interrupted", why: "it was too much" });
  assert.match(text, /^It was interrupted.*nobody knows how far it got: it was too much$/);
  assert.equal(failed, true);
  assert.match(resultText({ ...ran, how: "interrupted" }).text, /^It was interrupted when its environment was/);
});
