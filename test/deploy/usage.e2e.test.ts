import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { Installation, Up } from "./installation.ts";

let bed: ModelBed;
let here: Installation;
let up: Up;
before(async () => {
  bed = await ModelBed.start();
  const usage = { prompt_tokens: 40, completion_tokens: 6, total_tokens: 46 };
  bed.answers("paid", { content: "Good day from afar!", usage });
  here = await Installation.create();
  const env = {
    ...bed.env("openai/paid"),
    OPENAI_API_KEY: "a-key-of-a-test",
    THALASSA_MODELS_PRICES: "openai/paid=100/1000",
    THALASSA_BUDGET_DAY_USD: "0.01",
    THALASSA_BUDGET_WARN_USD: "0",
  };
  const args = ["up", "--no-chat", "--no-http", "--json", "--port", `${here.port}`, "--monitor-port", "0"];
  up = new Up(here.spawn(args, env));
  await up.saw((line) => line.event === "up");
});
after(async () => {
  await up.end();
  await here[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

test("what a conversation spends is in the ledger, and at the limit it is told and no further call begins", async () => {
  const first = await here.run(["send", "work", "hello", "--wait"]);
  assert.deepEqual([first.code, first.out], [0, "Good day from afar!\n"], first.err);
  const spent = await eventually(
    async () => (await here.run(["usage", "--days", "1"])).out,
    (out) => out.includes("$0.0100"),
  );
  assert.match(spent, /^terminal-work +46 +\$0\.0100 +\$0\.0100/m);
  const told = await eventually(
    async () => (await here.run(["log", "work", "--json"])).out,
    (out) => out.includes('"warned"'),
  );
  assert.match(told, /This agent has spent \$0\.0100 on \S+ \(UTC\)\. That is the limit of a day/);
  const asked = bed.asked("paid");
  const second = await here.run(["send", "work", "and again", "--wait"]);
  assert.match(second.out + second.err, /the agent's budget of today is spent \(\$0\.0100 of \$0\.0100\)/);
  assert.equal(bed.asked("paid"), asked, "nobody was asked, and nothing was paid");
});
