import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { Installation, Up } from "./installation.ts";

/** A model that says something before it looks back. */
const TALKER = "openai/talker";

let bed: ModelBed;
let here: Installation;
let up: Up;
before(async () => {
  bed = await ModelBed.start();
  const call = { id: "c1", name: "look_back", arguments: '{"query":"harbour"}' } as const;
  bed.mock.on({ model: "talker", hasToolResult: false }, { content: "Let me look.", toolCalls: [call] });
  bed.mock.on({ model: "talker", hasToolResult: true }, { content: "It is blue." });
  here = await Installation.create();
  const args = ["up", "--no-chat", "--json", "--port", `${here.port}`, "--monitor-port", "0"];
  up = new Up(here.spawn(args, { ...bed.env(TALKER), OPENAI_API_KEY: "canary-of-the-model-0123456789" }));
  await up.saw((line) => line.event === "up");
});
after(async () => {
  await up.end();
  await here[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

test("what an agent says before and after it uses a tool is one answer to a line, folded", async () => {
  const { code, out, err } = await here.run(["chat", "--channel", "piped"], "What colour is the harbour?\n");
  assert.deepEqual({ code, out, err }, { code: 0, out: "Let me look. It is blue.\n", err: "" });
  const log = await here.run(["log", "piped"]);
  assert.match(log.out, /said “Let me look\.” → look_back\(“harbour”\) .*\n.*used “#\d+.*\n.*said “It is blue\.”/s);
});

test("send waits for the whole answer, and the same id brings it again", async () => {
  const send = () => here.run(["send", "sent", "Which?", "--wait", "--id", "key-1", "--json"]);
  const first = await send();
  assert.equal(JSON.parse(first.out).reply, "Let me look.\n\nIt is blue.");
  assert.equal((await send()).out, first.out);
});

test("a request that waits gets the whole answer too", async () => {
  const { status, body } = await ask("/v1/messages", { channel: "ci", text: "Which?", wait: true });
  assert.deepEqual([status, body.reply], [200, "Let me look.\n\nIt is blue."]);
});

test("a turn that is stopped ends for whoever waits for it, and then there is nothing to stop", async () => {
  await using slow = await Installation.create();
  const args = ["up", "--no-chat", "--json", "--port", `${slow.port}`, "--monitor-port", "0"];
  const calm = new Up(slow.spawn(args, { THALASSA_OFFLINE_DELAY_MS: "60000-60000" }));
  try {
    await calm.saw((line) => line.event === "up");
    const url = String(calm.lines.find((line) => line.event === "up")?.http);
    const waiting = slow.run(["send", "slow", "take your time", "--wait", "--json"]);
    await eventually(
      () => slow.run(["log", "slow"]),
      ({ out }) => out.includes("heard"),
    );
    const path = "/v1/channels/main.channel.terminal-slow/stop";
    const stopped = await ask(path, undefined, { url, root: slow.root });
    assert.equal(stopped.status, 200, JSON.stringify(stopped.body));
    const { code, out, err } = await waiting;
    assert.deepEqual([code, err], [1, "thalassa: home stopped this.\n"]);
    assert.equal(JSON.parse(out).stopped, "home stopped this.");
    const again = await ask(path, undefined, { url, root: slow.root });
    assert.deepEqual([again.status, again.body.code], [409, "nothing-to-stop"]);
  } finally {
    await calm.end();
  }
});

type Place = { readonly url: string; readonly root: string };

async function ask(path: string, body?: object, place: Place = home()) {
  const token = (await readFile(join(place.root, "http-token"), "utf8")).trim();
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(place.url + path, {
    method: "POST",
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
}

function home(): Place {
  return { url: String(up.lines.find((line) => line.event === "up")?.http), root: here.root };
}
