import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { FakeTelegram } from "#support/telegram/fake-api.ts";
import { Installation, type Up } from "./installation.ts";

const OWNER = { id: 4711, first_name: "Ada" } as const;
const GUEST = { id: 4712, first_name: "Bob" } as const;

/** A home with a bus on which a bot was set up, and `up` on it. */
class Served implements AsyncDisposable {
  readonly here: Installation;
  readonly fake: FakeTelegram;
  readonly up: Up;

  private constructor(here: Installation, fake: FakeTelegram, up: Up) {
    this.here = here;
    this.fake = fake;
    this.up = up;
  }

  static async create(): Promise<Served> {
    const fake = await FakeTelegram.start({ limits: "none", longPollMs: 1_000 });
    const here = await Installation.create();
    const before = await here.up("--no-http");
    const lines = before.lines.filter(({ event }) => event === "not-configured");
    assert.deepEqual(
      lines.map(({ kind, why, msg }) => ({ kind, why, msg })),
      [
        {
          kind: "telegram",
          why: "no token",
          msg: "telegram is not started: no token; thalassa setup telegram sets it up",
        },
      ],
    );
    assert.ok(Number.isNaN(before.pidOf("telegram")));
    await here.run(["config", "set", "telegram.api", fake.url]);
    const args = ["setup", "telegram", "--token-stdin", "--owner", `${OWNER.id}`, "--mode", "polling"];
    const set = await here.run(args, fake.token);
    assert.equal(set.code, 0, set.err);
    await before.end();
    return new Served(here, fake, await here.up("--no-http"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.here[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}

test("a bot that was set up is served, lets people in by pair, and its token is told to no other process", async () => {
  await using served = await Served.create();
  const { here, fake, up } = served;
  await up.saw(({ event, name }) => event === "ready" && name === "telegram");
  await eventually(
    async () => (await here.run(["doctor"])).out,
    (told) => /telegram +@our_bot is served, by polling/.test(told),
    20_000,
  );
  assert.doesNotMatch((await here.run(["ps"])).out, /telegram is not started/);
  fake.says(GUEST.id, GUEST, "hello");
  const asks = await eventually(
    async () => (await here.run(["pair", "list", "--json"])).out,
    (told) => told.includes('"code"'),
    20_000,
  );
  const { code, id, name } = JSON.parse(asks);
  assert.deepEqual({ id, name }, { id: GUEST.id, name: "Bob" });
  const approved = await here.run(["pair", "approve", code]);
  assert.equal(approved.code, 0, approved.err);
  const again = await here.run(["pair", "refuse", code, "--json"]);
  assert.match(JSON.parse(again.err).error.message, /refuses \(no-such-code\)/);
  fake.says(GUEST.id, GUEST, "my name is Bob");
  await fake.until(
    (seen) => seen.shown(GUEST.id).find(({ text }) => text.startsWith("Nice to meet you, Bob.")),
    "an answer of the offline model",
    20_000,
  );
  assert.equal((await here.run(["pair", "remove", `${GUEST.id}`])).code, 0);
  assert.match((await here.run(["pair"])).out, /^Nobody besides the owners may talk to @our_bot/);
  const secret = fake.token.split(":")[1] ?? "";
  if (process.platform === "linux") {
    const environmentOf = (program: string) => readFileSync(`/proc/${up.pidOf(program)}/environ`, "latin1");
    assert.ok(environmentOf("telegram").includes(secret));
    for (const other of ["channel", "worker", "executor", "bus"])
      assert.ok(!environmentOf(other).includes(secret), other);
  }
  const logs = [JSON.stringify(up.lines), (await here.run(["log", "main.telegram.poller", "--json"])).out];
  for (const told of logs) assert.ok(!told.includes(secret), "the token is told");
  assert.deepEqual(fake.violations, []);
});
