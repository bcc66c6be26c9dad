import { after, before } from "node:test";
import { type JetStreamManager, jetstream, jetstreamManager, type StoredMsg } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { NatsBus } from "#runtime/nats-bus.ts";
import { Wire } from "#runtime/wire.ts";
import { commitSubject, DEAD, deadLetterSchema, mailStream, OPERATOR, parseAddress } from "#subjects/mod.ts";
import { type BusFixture, describeBus } from "#support/bus-suite.ts";
import { ledgerContract } from "#support/ledger.ts";
import { startServer, type TestServer } from "#support/server.ts";

let server: TestServer;

before(async () => {
  server = await startServer({ kinds: [ledgerContract], clients: [] });
});

after(() => server[Symbol.asyncDispose]());

describeBus("the bus on NATS", async (): Promise<BusFixture> => {
  const [connection, operator] = await Promise.all([server.connect(ledgerContract.kind), server.connect(OPERATOR)]);
  const jsm = await jetstreamManager(operator, { checkAPI: false });
  const views = await new Kvm(jetstream(operator)).open("VIEWS");
  return {
    bus: await NatsBus.over(await Wire.over(connection)),
    now: Date.now,
    // A real clock needs no help; whoever waits for something looks for it.
    pass: async () => {},
    mailOf: async (address) => {
      const { agent, kind, id } = parseAddress(address);
      const stored = await messagesOn(jsm, mailStream(kind), `mail.${kind}.*.${agent}.${id}.*`);
      return stored.map((message) => ({
        verb: message.subject.split(".").at(-1) ?? "",
        data: message.json(),
        headers: Object.fromEntries([...message.header].map(([name, values]) => [name, values.join()])),
      }));
    },
    forge: async (address, event, data) => {
      await jetstream(operator).publish(commitSubject(address, event), JSON.stringify(data));
    },
    view: async (key) => (await views.get(key))?.json(),
    dead: async () => (await messagesOn(jsm, DEAD, ">")).map((message) => deadLetterSchema.parse(message.json())),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([connection.close(), operator.close()]);
    },
  };
});

/** Everything a stream holds under a filter, taken from nobody. */
async function messagesOn(jsm: JetStreamManager, stream: string, filter: string): Promise<readonly StoredMsg[]> {
  const messages: StoredMsg[] = [];
  for (let seq = 1; ; ) {
    // The client's own type leaves the filter out; the server takes it.
    const query: { seq: number; next_by_subj?: string } = { seq, next_by_subj: filter };
    const message = await jsm.streams.getMessage(stream, query).catch(() => null);
    if (message === null) return messages;
    messages.push(message);
    seq = message.seq + 1;
  }
}
