import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation, type Happening } from "#bridges/terminal/conversation.ts";
import { newestRecords } from "#bridges/terminal/past.ts";
import { noticeOf } from "#bridges/terminal/piped.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";

const HERE: Address = "main.channel.terminal-default";
const ADA = { party: "terminal", id: "ada" } as const;

test("a wish to stop is answered by what the channel makes of it", async () => {
  const { conversation, told, sent } = talk();
  const stopping = conversation.stop();
  assert.deepEqual(sent[0]?.slice(0, 3), [HERE, "stop", { who: ADA }]);
  told.onLive("refusal", { id: "another", verb: "stop", code: "nothing-to-stop", reason: "another's" });
  told.onRecord(recordOf(7, "stopped", { who: ADA, answers: [6] }, sent[0]?.[3].id));
  assert.deepEqual(await stopping, { type: "stopped" });
  const again = conversation.stop();
  told.onLive("refusal", { id: sent[1]?.[3].id, verb: "stop", code: "nothing-to-stop", reason: "nothing" });
  assert.deepEqual(await again, { type: "refused", code: "nothing-to-stop", reason: "nothing" });
});

test("whoever looks on is told what is done, and how many messages of ours still wait", async () => {
  const { conversation, told, sent, seen } = talk();
  const { answered } = conversation.say("hello");
  told.onRecord(recordOf(1, "heard", { text: "hello", who: ADA }, sent[0]?.[3].id));
  told.onLive("status", { doing: "using", tool: "look_back" });
  told.onRecord(recordOf(2, "said", { text: "I look.", model: "a", to: [1] }, sent[0]?.[3].id));
  told.onRecord(recordOf(3, "said", { text: "Done.", model: "a", answers: [1] }));
  assert.equal((await answered).type, "said");
  assert.deepEqual(
    seen.map((each) => (each.type === "record" ? [each.record.event, each.ours, each.open] : each.type)),
    [["heard", true, 1], "doing", ["said", false, 1], ["said", false, 0]],
  );
  conversation[Symbol.dispose]();
});

test("what the agent warns of is told beside the answers", () => {
  const told: string[] = [];
  const record = recordOf(1, "warned", { text: "Half is spent." });
  noticeOf({ type: "record", record, ours: false, open: 0 }, (line) => told.push(line));
  assert.deepEqual(told, ["Half is spent."]);
});

test("the newest records that count are found behind any number that do not", async () => {
  const log = Array.from({ length: 200 }, (_, at) => recordOf(at + 1, at % 40 === 0 ? "heard" : "used", {}));
  const client = {
    last: async () => log.at(-1),
    record: async (_: Address, seq: number) => log[seq - 1],
    history: async (_: Address, fromSeq: number) => log.slice(fromSeq),
  } as unknown as Client;
  const newest = async (count: number) =>
    (await newestRecords(client, HERE, count, ({ event }) => event === "heard")).map(({ seq }) => seq);
  assert.deepEqual(await newest(2), [121, 161]);
  assert.deepEqual(await newest(4), [41, 81, 121, 161]);
  assert.deepEqual(await newest(50), [1, 41, 81, 121, 161]);
});

type Told = { onRecord(record: LogRecord): void; onLive(noun: string, data: unknown): void };

/** A conversation on a bus that keeps what is sent, and what tells it things. */
function talk() {
  const sent: (readonly [Address, string, object, { readonly id: string }])[] = [];
  const seen: Happening[] = [];
  let told: Told = { onRecord: () => assert.fail(), onLive: () => assert.fail() };
  const client = {
    wire: { listen: () => () => {} },
    follow: (_: Address, follow: Told) => {
      told = follow;
      return { caughtUp: async () => {}, [Symbol.dispose]() {} };
    },
    send: async (...mail: (typeof sent)[number]) => {
      sent.push(mail);
      return mail[3].id;
    },
  } as unknown as Client;
  const onHappening = (happening: Happening): void => void seen.push(happening);
  const conversation = new Conversation(client, HERE, { who: ADA, fromSeq: 0, onHappening });
  return { conversation, told, sent, seen };
}

function recordOf(seq: number, event: string, data: object, cause?: string): LogRecord {
  return {
    ...{ address: HERE, event, seq, id: `e${seq}`, at: 1, data, version: 2, correlation: "", traceId: "" },
    ...{ sentSeq: 0, process: "channel-1-abc", forged: false },
    prev: Array.from({ length: Math.min(seq - 1, 32) }, (_, at) => seq - Math.min(seq - 1, 32) + at),
    ...(cause === undefined ? {} : { cause }),
  };
}
