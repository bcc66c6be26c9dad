import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { CONVERSATION_VERSION, emptyConversation } from "#actors/turn/mod.ts";
import { connectAs } from "#deploy/access.ts";
import { logStream, OPERATOR } from "#subjects/mod.ts";
import { Installation, type Up } from "./installation.ts";

type Told = { readonly seq: number; readonly id: string; readonly at: number; readonly event: string };

let here: Installation;
let up: Up;
before(async () => {
  here = await Installation.create();
  up = await here.up();
  await here.run(["chat", "--channel", "past"], "my name is Ada\nwhat did I say before?\n");
});
after(() => here[Symbol.asyncDispose]());

async function logOf(channel: string): Promise<readonly Told[]> {
  const { out } = await here.run(["log", channel, "--json"]);
  return out
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

async function stateOf(
  channel: string,
  at: string,
): Promise<{ readonly seq: number; readonly state: { heard: number } }> {
  return JSON.parse((await here.run(["state", channel, "--at", at, "--json"])).out);
}

test("a state can be asked for as of any sequence and any time", async () => {
  const [first, , third, last] = await logOf("past");
  assert.ok(first && third && last);
  assert.deepEqual((await stateOf("past", `${first.seq}`)).state.heard, 1);
  assert.deepEqual((await stateOf("past", `${third.seq}`)).state.heard, 2);
  const byTime = await stateOf("past", new Date(third.at - 1).toISOString());
  assert.ok(byTime.seq < third.seq);
  const { code, out } = await here.run(["state", "past"]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`as of #${last.seq}`));
  assert.match((await here.run(["state", "past", "--at", "1970-01-02"])).out, /nothing had happened/);
});

test("an actor that has no log is told from one that has, with the name that was meant", async () => {
  for (const command of ["log", "state"]) {
    const { code, out, err } = await here.run([command, "pats", "--json"]);
    const { error } = JSON.parse(err);
    assert.deepEqual([code, out, error.code], [1, "", "actor-without-log"], command);
    assert.equal(error.message, "main.channel.terminal-pats has no log");
    assert.match(error.hint, /^did you mean main\.channel\.terminal-past\? /);
    const other = await here.run([command, "nothing-like-it"]);
    assert.deepEqual([other.code, other.out], [1, ""], command);
    assert.match(other.err, /terminal-nothing-like-it has no log\nan actor has a log once/);
  }
  const later = await here.run(["log", "past", "--from", "99999"]);
  assert.deepEqual([later.code, later.out], [0, ""]);
  assert.match(later.err, /nothing has happened to main\.channel\.terminal-past since/);
});

test("a diff tells what changed between two moments", async () => {
  const [first, second] = await logOf("past");
  const { code, out } = await here.run(["diff", "past", `${first?.seq}`, `${second?.seq}`]);
  assert.equal(code, 0);
  assert.match(out, /~ said: 0 → 1/);
  const told = JSON.parse((await here.run(["diff", "past", "0", `${first?.seq}`, "--json"])).out);
  assert.equal(told.from, 0);
  assert.ok(told.changes.some(({ path }: { readonly path: readonly string[] }) => path.join() === "heard"));
  assert.match((await here.run(["diff", "past", "0", "0"])).out, /nothing changed/);
});

test("a fork goes on from the past of another, over the death of every process", async () => {
  const [first, second] = await logOf("past");
  const forked = await here.run(["fork", `past@${second?.seq}`, "--as", "what-if", "--json"]);
  assert.equal(forked.code, 0);
  assert.equal(JSON.parse(forked.out).address, "main.channel.terminal-what-if");
  process.kill(up.pidOf("channel"), "SIGKILL");
  const answer = await here.run(["send", "what-if", "what did I say before?", "--wait"]);
  assert.match(answer.out, /my name is Ada/);
  const log = await logOf("what-if");
  assert.deepEqual(
    log.map(({ event }) => event),
    ["heard", "said", "forked", "heard", "said"],
  );
  assert.equal(log[0]?.seq, first?.seq);
  assert.equal((await logOf("past")).length, 4, "the other went on as if nothing had been");
  const nameless = await here.run(["fork", `main.channel.terminal-what-if@${log[3]?.seq}`]);
  assert.equal(nameless.out, `main.channel.terminal-what-if-at-${log[3]?.seq}\n`);
});

test("a fork at no event of the log says at which it forked", async () => {
  const last = (await logOf("past")).at(-1);
  const { code, out, err } = await here.run(["fork", "past@99999", "--as", "beyond"]);
  assert.deepEqual([code, out], [0, "main.channel.terminal-beyond\n"]);
  assert.equal(err, `main.channel.terminal-past has no event 99999; forked at its newest, ${last?.seq}\n`);
  const asJson = await here.run(["fork", "past@99999", "--as", "beyond-json", "--json"]);
  assert.deepEqual([JSON.parse(asJson.out).seq, asJson.err], [last?.seq, ""]);
  for (const channel of ["gapped", "between", "gapped"]) await here.run(["chat", "--channel", channel], "hello\n");
  const [, said] = await logOf("gapped");
  const [between] = await logOf("between");
  const gapped = await here.run(["fork", `gapped@${between?.seq}`]);
  const at = `main.channel.terminal-gapped has no event ${between?.seq}; forked at its newest before that, ${said?.seq}\n`;
  assert.deepEqual([gapped.code, gapped.err], [0, at]);
});

test("a fork that cannot be is refused with what to do", async () => {
  const [first] = await logOf("past");
  const taken = await here.run(["fork", `past@${first?.seq}`, "--as", "past", "--json"]);
  assert.equal(taken.code, 1);
  assert.equal(JSON.parse(taken.err).error.code, "fork-refused");
  assert.match((await here.run(["fork", "nobody@1"])).err, /nothing had happened/);
  for (const wrong of [
    ["fork", "past"],
    ["fork", "past@0"],
    ["state", "past", "--at", "yesterday"],
  ]) {
    const { code, err } = await here.run([...wrong, "--json"]);
    assert.deepEqual([code, JSON.parse(err).error.code], [2, "bad-use"]);
  }
});

test("what is asked while nobody serves it is said to be so", async () => {
  await using lonely = await Installation.create();
  const alone = await lonely.up();
  process.kill(alone.pidOf("channel"), "SIGSTOP");
  try {
    const asking = lonely.run(["state", "past", "--json"]);
    const forked = await lonely.run(["fork", "past@1", "--json"]);
    const asked = await asking;
    assert.deepEqual([asked.code, JSON.parse(asked.err).error.code], [1, "unanswered"]);
    assert.deepEqual([forked.code, JSON.parse(forked.err).error.code], [1, "fork-unanswered"]);
  } finally {
    process.kill(alone.pidOf("channel"), "SIGCONT");
  }
});

test("a replay finds every actor as its log says, and says where one is not", async () => {
  const good = await here.run(["replay"]);
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /each is what its log says/);
  await spoilSnapshot("past");
  process.kill(up.pidOf("channel"), "SIGKILL");
  await up.saw(({ event, name }) => event === "ready" && name === "channel", 3);
  const { code, out } = await here.run(["replay"]);
  assert.equal(code, 1);
  assert.match(out, /main\.channel\.terminal-past at #\d+ is not what its log says/);
  assert.match(out, /~ heard: 2 → 77/);
  assert.match(out, /1 differ/);
  assert.equal((await here.run(["replay", "what-if"])).code, 0);
});

test("a replay says of whom a part was trimmed, and blames nobody for it", async () => {
  await here.run(["chat", "--channel", "trimmed"], "one\ntwo\n");
  const [first] = await logOf("trimmed");
  const { url, keysDir } = { url: `nats://127.0.0.1:${here.port}`, keysDir: `${here.root}/keys` };
  await using operator = await connectAs(OPERATOR, { url, keysDir });
  await operator.wire.jsm.streams.deleteMessage(logStream("channel"), first?.seq ?? 0);
  const { code, out } = await here.run(["replay", "trimmed"]);
  assert.deepEqual([code, /of 1 a part was trimmed/.test(out)], [0, true]);
});

/** Puts a snapshot that the log bears out, and whose state is a lie. */
async function spoilSnapshot(channel: string): Promise<void> {
  const last = (await logOf(channel)).at(-1);
  assert.ok(last);
  const { url, keysDir } = { url: `nats://127.0.0.1:${here.port}`, keysDir: `${here.root}/keys` };
  await using operator = await connectAs(OPERATOR, { url, keysDir });
  const address = `main.channel.terminal-${channel}` as const;
  const state = { ...emptyConversation(address), heard: 77 };
  const { seq, id } = last;
  const snapshot = { version: CONVERSATION_VERSION, seq, id, sent: seq, state, seen: [], forgotten: 0, resumed: {} };
  await (await new Kvm(operator.wire.js).open("STATE")).put(address, JSON.stringify(snapshot));
}
