import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { AckPolicy, type JetStreamClient, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connectToBus } from "#runtime/connection.ts";
import type { Address } from "#subjects/address.ts";
import { channelContract } from "#subjects/channel.ts";
import { HEADERS } from "#subjects/headers.ts";
import { commitFilter, commitSubject, mailStream, PARTITIONS, partitionFilter } from "#subjects/mod.ts";

/**
 * A turn by hand, as its own process: mail, fenced `heard`, fenced `said`, a view entry, acknowledgement. It survives
 * nothing: no activation, no duplicates, no owners, no outbox.
 */
const { THALASSA_URL: url = "", THALASSA_KEY: key = "", RIVAL_SHARE: share = "0/1" } = process.env;
const [mine = 0, of = 1] = share.split("/").map(Number);
const kind = "rival";
const seqs = new Map<Address, number>();
const turns = new Map<Address, Promise<void>>();

const seed = new TextEncoder().encode(readFileSync(key, "utf8").trim());
const nc = await connectToBus({ url, user: kind, seed, name: `${kind}-${process.pid}` });
const js = jetstream(nc, { checkAPI: false });
const manager = await jetstreamManager(nc, { checkAPI: false });
for (let partition = mine; partition < PARTITIONS; partition += of) await consume(partition);
process.stdout.write(`${JSON.stringify({ event: "ready", time: Date.now(), msg: "the pipeline is ready" })}\n`);
process.stdin.on("end", () => process.exit(0)).resume();

async function consume(partition: number): Promise<void> {
  const name = `${kind}-${partition}-1`;
  await manager.consumers.add(mailStream(kind), {
    durable_name: name,
    filter_subject: partitionFilter(kind, partition),
    ack_policy: AckPolicy.Explicit,
    ack_wait: 30e9,
    max_ack_pending: 20_000,
  });
  const consumer = js.consumers.getConsumerFromInfo(await manager.consumers.info(mailStream(kind), name));
  const callback = (message: JsMsg): void => take(message);
  await consumer.consume({ max_messages: 500, expires: 5_000, idle_heartbeat: 500, bind: true, callback });
}

/** One turn at a time an address: the answer is seen before its own confirmation is. */
function take(message: JsMsg): void {
  const [, , , agent, id] = message.subject.split(".");
  const address = `${agent}.${kind}.${id}` as Address;
  const before = turns.get(address) ?? Promise.resolve();
  turns.set(address, before.then(() => turn(js, address, message)).catch(fail));
}

async function turn(bus: JetStreamClient, address: Address, message: JsMsg): Promise<void> {
  const { text, who } = channelContract.mail.hear.parse(message.json());
  const cause = message.headers?.get(HEADERS.id) ?? "";
  const heard = await commit(bus, address, "heard", { text, who, cause });
  const answer = await Promise.resolve(`You said “${text}”.`);
  const said = await commit(bus, address, "said", { text: answer, answers: [heard], model: "none" });
  await bus.publish(`$KV.VIEWS.channels.${address}`, JSON.stringify({ seq: said, at: Date.now(), last: answer }));
  message.ack();
}

async function commit(bus: JetStreamClient, address: Address, event: string, data: object): Promise<number> {
  const expect = { lastSubjectSequence: seqs.get(address) ?? 0, lastSubjectSequenceSubject: commitFilter(address) };
  const options = { msgID: randomBytes(9).toString("base64url"), expect };
  const { seq } = await bus.publish(commitSubject(address, event), JSON.stringify(data), options);
  seqs.set(address, seq);
  return seq;
}

function fail(error: Error): never {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
