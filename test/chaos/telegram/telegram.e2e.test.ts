import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORT } from "./options.ts";
import { reportOn } from "./report.ts";
import { runTelegramChaos } from "./run.ts";

test("each message on Telegram is heard once and each answer shown once and in order, whatever fails meanwhile", {
  timeout: 180_000,
}, async (t) => {
  const outcome = await runTelegramChaos({ ...SHORT, seed: 20_261_121 });
  const { details, summary } = reportOn(outcome);
  for (const line of summary) t.diagnostic(line);
  assert.deepEqual(outcome.violations, [], details.join("\n"));
  assert.ok(outcome.crew.struck >= SHORT.faults);
  const cut = outcome.logs.telegram?.filter(({ event }) => event === "resumed") ?? [];
  assert.ok(cut.length > 0, "no fault cut a step of the bridge: nothing was put to the test");
  assert.ok(Object.keys(outcome.troubles.taken).length > 0, "no call went wrong: nothing was put to the test");
});
