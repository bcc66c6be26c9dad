import assert from "node:assert/strict";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { Installation } from "./installation.ts";

let here: Installation;
before(async () => {
  here = await Installation.create();
  await here.up();
});
after(() => here[Symbol.asyncDispose]());

test("200 lines piped into a chat are 200 answers in order", async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index + 1}`);
  const { code, out, err } = await here.run(["chat", "--channel", "many"], `\n${lines.join("\n\n")}`);
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const answers = out.trimEnd().split("\n");
  assert.equal(answers.length, lines.length);
  for (const [index, answer] of answers.entries()) assert.match(answer, new RegExp(`“line ${index + 1}”`));
});

test("a line that is too long for a message fails alone, and the exit code tells", async () => {
  const { code, out, err } = await here.run(["chat", "--channel", "long"], `${"x".repeat(65_537)}\nshort\n`);
  assert.equal(code, 1);
  assert.match(err, /line 1: the text has 65537 characters/);
  assert.match(out, /^\n.*“short”/);
});

test("the same id twice is one message, and the second one brings the same answer", async () => {
  const send = () => here.run(["send", "once", "remember me", "--wait", "--id", "key-1", "--json"]);
  const first = await send();
  await here.run(["send", "once", "something else", "--wait"]);
  const second = await send();
  assert.equal(first.code, 0);
  assert.equal(second.out, first.out);
  const { id, channel, address, reply } = JSON.parse(first.out);
  assert.deepEqual({ id, channel, address }, { id: "key-1", channel: "once", address: "main.channel.terminal-once" });
  assert.match(reply, /remember me/);
  const log = await here.run(["log", "once", "--json"]);
  assert.equal(
    log.out.split("\n").filter((line) => line.includes("remember me") && line.includes('"heard"')).length,
    1,
  );
});

test("a tool is used before the answer, and a thought on the side comes back by itself", async () => {
  const lines = "the harbour is blue\nlook back for harbour\nthink about the harbour on the side\n";
  const { code, out, err } = await here.run(["chat", "--channel", "turns"], lines);
  assert.deepEqual({ code, err, answers: out.trimEnd().split("\n").length }, { code: 0, err: "", answers: 3 });
  const log = await eventually(
    () => here.run(["log", "turns"]),
    (told) => /concluded done: .*\n.*said .*answers=\[\]/.test(told.out),
  );
  assert.match(log.out, /thought → look_back\(“harbour”, 30\) .*\n.* used “/);
  const branch = /from=(main\.branch\.\S+?)\)/.exec(log.out)?.[1] ?? assert.fail(log.out);
  const thought = await here.run(["log", branch]);
  assert.match(thought.out, /#\d+ spawned .*: “.*harbour.*” \(from=main\.channel\.terminal-turns seq=\d+\)/);
  assert.match(thought.out, /#\d+ concluded done: “/);
});

test("send prints the id of the message, and its log tells what came of it", async () => {
  const { code, out } = await here.run(["send", "plain", "hello there"]);
  assert.equal(code, 0);
  assert.match(out, /^[\w-]{8,}\n$/);
  const log = await eventually(
    () => here.run(["log", "plain"]),
    ({ out: lines }) => lines.includes("said"),
  );
  assert.match(log.out, /#\d+ heard .*“hello there”/);
});

test("the log can be read from a sequence on, and followed", async () => {
  await here.run(["chat", "--channel", "story"], "one\ntwo\n");
  const records = (await here.run(["log", "story", "--json"])).out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ event }) => event),
    ["heard", "said", "heard", "said"],
  );
  const later = await here.run(["log", "main.channel.terminal-story", "--json", "--from", `${records[2].seq}`]);
  assert.equal(later.out.trimEnd().split("\n").length, 2);
  const follower = here.spawn(["log", "story", "--follow", "--json", "--from", `${records[3].seq + 1}`]);
  const seen: string[] = [];
  createInterface({ input: follower.stdout ?? assert.fail() }).on("line", (line) => seen.push(JSON.parse(line).event));
  await here.run(["chat", "--channel", "story"], "three\n");
  await eventually(
    () => seen,
    (events) => events.length === 2,
  );
  follower.kill("SIGINT");
  const [code] = await once(follower, "exit");
  assert.deepEqual({ code, seen }, { code: 0, seen: ["heard", "said"] });
});

test("tap shows what passes, as JSON with subject, headers and body", async () => {
  const tap = here.spawn(["tap", "main.channel.terminal-tapped", "--json"]);
  const seen: { readonly subject: string; readonly body: { readonly text?: string } }[] = [];
  createInterface({ input: tap.stdout ?? assert.fail() }).on("line", (line) => seen.push(JSON.parse(line)));
  const said = "thalassa.main.channel.terminal-tapped.log.said";
  await eventually(
    async () => {
      await here.run(["send", "tapped", "hello", "--wait"]);
      return seen;
    },
    (messages) => messages.some(({ subject }) => subject === said),
  );
  tap.kill("SIGINT");
  const [code] = await once(tap, "exit");
  assert.equal(code, 0);
  assert.match(seen.find(({ subject }) => subject === said)?.body.text ?? "", /hello/i);
});

test("ps shows the processes", async () => {
  const { code, out } = await here.run(["ps", "--json"]);
  assert.equal(code, 0);
  const processes = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const kind of ["channel", "branch", "cortex"]) {
    const { running, partitions } = processes.find((each) => each.kind === kind) ?? {};
    assert.deepEqual({ kind, running, partitions }, { kind, running: true, partitions: 16 });
  }
});

test("the doctor finds nothing wrong", async () => {
  const { code, out } = await here.run(["doctor"]);
  assert.equal(code, 0, out);
  assert.doesNotMatch(out, /✖/);
  for (const check of ["home", "keys", "disk", "streams", "durability", "processes", "mail", "dead", "growth"]) {
    assert.match(out, new RegExp(`[✔!] ${check} `), check);
  }
});

test("there are no dead letters, and one that is not there cannot be retried", async () => {
  assert.match((await here.run(["dead"])).out, /No dead letters/);
  const { code, err } = await here.run(["dead", "retry", "7"]);
  assert.equal(code, 1);
  assert.match(err, /no dead letter 7/);
});

test("wrong use is told with what would be right, and ends with 2", async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["chatt"], /Did you mean chat\?/],
    [["send", "work"], /missing required argument/],
    [["send", "work", " "], /the text is empty/],
    [["send", "work", "x".repeat(65_537)], /65537 characters/],
    [["send", "work", "hi", "--id", "a b"], /cannot be an id/],
    [["chat", "--channel", ""], /cannot be an id/],
    [["log", "main.nobody.x"], /there is no kind nobody/],
    [["log", "work", "--from", "x"], /is no sequence/],
    [["tap", "a.b"], /is no pattern/],
    [["up", "--only", "nobody"], /there is no kind "nobody"/],
  ];
  for (const [args, said] of wrong) {
    const { code, err } = await here.run(args);
    assert.match(err, said);
    assert.equal(code, 2, args.join(" "));
  }
});

test("without a bus every command says so quickly and ends with 3", async () => {
  await using elsewhere = await Installation.create();
  for (const args of [["chat"], ["send", "work", "hi"], ["ps"], ["tap"], ["log", "work"], ["dead"]]) {
    const begun = performance.now();
    const { code, err } = await elsewhere.run(args, "hello\n");
    assert.equal(code, 3, args.join(" "));
    assert.match(err, /start it with `thalassa up`/);
    assert.ok(performance.now() - begun < 2_000, `${args.join(" ")} took ${performance.now() - begun} ms`);
  }
  const { code, err } = await here.run(["chat"], "hello\n", { THALASSA_NATS_URL: `127.0.0.1:${elsewhere.port}` });
  assert.equal(code, 3);
  assert.match(err, /no bus answers/);
  assert.equal((await elsewhere.run(["doctor"])).code, 1);
});

test("an error is JSON where everything is", async () => {
  const { code, err } = await here.run(["dead", "show", "9", "--json"]);
  assert.equal(code, 1);
  assert.equal(JSON.parse(err).error.code, "dead-letter-missing");
});
