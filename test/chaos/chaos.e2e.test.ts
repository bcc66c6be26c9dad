import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORT, SHORT_HTTP } from "./options.ts";
import { reportOn } from "./report.ts";
import { runChaos } from "./run.ts";

test("messages are answered once, and branches conclude once, whatever is killed and stopped under them", {
  timeout: 120_000,
}, async (t) => {
  const outcome = await runChaos({ ...SHORT, seed: 20_261_121 });
  const { details, summary, interruptions } = reportOn(outcome);
  for (const line of summary) t.diagnostic(line);
  assert.deepEqual(outcome.violations, [], details.join("\n"));
  assert.ok(outcome.storm.struck >= SHORT.faults);
  assert.ok(interruptions > 0, "no fault cut a step: nothing was put to the test");
  const { channel = [], branch = [], cortex = [] } = outcome.logs;
  const happened = new Set([...channel, ...branch, ...cortex].map(({ event }) => event));
  for (const event of ["thought", "used", "spawned", "concluded", "charged", "warned"]) {
    assert.ok(happened.has(event), `nothing was ${event}: nothing was put to the test`);
  }
});

test("a client over HTTP is answered once and the same, though the bridge is killed as well", {
  timeout: 120_000,
}, async (t) => {
  const outcome = await runChaos({ ...SHORT_HTTP, seed: 20_261_121 });
  const { details, summary } = reportOn(outcome);
  for (const line of summary) t.diagnostic(line);
  assert.deepEqual(outcome.violations, [], details.join("\n"));
  assert.match(
    outcome.overHttp ?? "",
    /bridge killed [1-9]/,
    "the bridge was never killed: nothing was put to the test",
  );
});
