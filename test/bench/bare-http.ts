import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { jetstream } from "@nats-io/jetstream";
import { Hono } from "hono";
import { connectToBus } from "#runtime/connection.ts";
import { addressOf, commitFilter, commitSubject, HEADERS, OPERATOR, subjectOf } from "#subjects/mod.ts";
import { headersOf } from "#support/violations.ts";

/**
 * What the HTTP bridge is held against, as its own process: one bare endpoint that makes the publishes of a turn itself
 * (mail, fenced `heard`, fenced `said`, a view entry) and answers. No tokens, no limits, no other process, no promises.
 */
const { THALASSA_URL: url = "", THALASSA_KEY: key = "" } = process.env;
const seqs = new Map<string, number>();

const seed = new TextEncoder().encode(readFileSync(key, "utf8").trim());
const nc = await connectToBus({ url, user: OPERATOR, seed, name: `bare-${process.pid}` });
const js = jetstream(nc, { checkAPI: false });
const app = new Hono();
app.post("/v1/messages", async (c) => {
  const { channel, text } = await c.req.json<{ readonly channel: string; readonly text: string }>();
  const address = addressOf("main", "rival", channel);
  const id = randomBytes(9).toString("base64url");
  const mail = JSON.stringify({ text, who: { party: "http", id: "bench" } });
  await js.publish(subjectOf(address, "in", "hear"), mail, { msgID: id, headers: headersOf({ [HEADERS.id]: id }) });
  const heard = await commit(address, "heard", { text });
  const reply = `You said “${text}”.`;
  const seq = await commit(address, "said", { text: reply, answers: [heard], model: "none" });
  await js.publish(`$KV.VIEWS.channels.${address}`, JSON.stringify({ seq, at: Date.now(), last: reply }));
  return c.json({ id, channel, address, reply, seq });
});
const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const ready = { event: "ready", time: Date.now(), msg: "the endpoint is ready", url: `http://127.0.0.1:${port}` };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();

async function commit(address: ReturnType<typeof addressOf>, event: string, data: object): Promise<number> {
  const expect = { lastSubjectSequence: seqs.get(address) ?? 0, lastSubjectSequenceSubject: commitFilter(address) };
  const options = { msgID: randomBytes(9).toString("base64url"), expect };
  const { seq } = await js.publish(commitSubject(address, event), JSON.stringify(data), options);
  seqs.set(address, seq);
  return seq;
}
