import assert from "node:assert/strict";
import { test } from "node:test";
import { needs } from "#support/needs.ts";
import { workspaceImage } from "#support/workspace-image.ts";
import { SHORT } from "./options.ts";
import { reportOn } from "./report.ts";
import { runJobChaos } from "./run.ts";

test("what jobs run is run once and none of what it writes is lost, whatever is killed under them", {
  skip: needs("engine"),
  timeout: 120_000,
}, async (t) => {
  await workspaceImage();
  const outcome = await runJobChaos({ ...SHORT, seed: 20_261_121 });
  const { details, summary } = reportOn(outcome);
  for (const line of summary) t.diagnostic(line);
  assert.deepEqual(outcome.violations, [], details.join("\n"));
  assert.ok(outcome.crew.kills.length >= SHORT.kills);
  const cut = Object.values(outcome.logs).flatMap((log) => log.filter(({ event }) => event === "resumed"));
  assert.ok(cut.length > 0, "no kill cut a step: nothing was put to the test");
  const whole = outcome.judged.filter(({ ending }) => ending === "whole");
  assert.ok(whole.length > 0, "no job was done whole: nothing was put to the test");
});
