import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type KV, Kvm } from "@nats-io/kv";
import { connectAs } from "#deploy/access.ts";
import { rebuildViews } from "#deploy/rebuild-views.ts";
import type { Client } from "#runtime/mod.ts";
import { NatsBus, openBucket } from "#runtime/nats-bus.ts";
import { type Address, KINDS, OPERATOR } from "#subjects/mod.ts";
import { ledger, ledgerContract } from "#support/ledger.ts";
import { entryOf } from "#support/record.ts";
import { startServer, type TestServer } from "#support/server.ts";

const { signal } = new AbortController();

let server: TestServer;
let client: Client;
let bus: NatsBus;
let views: KV;
before(async () => {
  server = await startServer({ kinds: [...KINDS, ledgerContract] });
  client = await connectAs(OPERATOR, server);
  bus = await NatsBus.over(client.wire);
  views = await openBucket(new Kvm(client.wire.js), "VIEWS");
});
after(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A conversation of one question and one answer, as its owner commits it; gives the sequence of the answer. */
async function converse(id: string): Promise<number> {
  const address: Address = `main.channel.${id}`;
  const heard = { event: "heard", data: { text: "hello", who: { party: "terminal", id: "ada" } } };
  const { seq: first } = await bus.append(entryOf(address, `${id}-1`, heard), 0, signal);
  const resumed = { event: "resumed", data: { keys: ["think"] }, prev: [first] };
  const { seq: second } = await bus.append(entryOf(address, `${id}-2`, resumed), first, signal);
  const said = {
    event: "said",
    data: { text: `from ${id}`, answers: [first], model: "offline" },
    prev: [first, second],
  };
  return (await bus.append(entryOf(address, `${id}-3`, said), second, signal)).seq;
}

const standing = async (id: string): Promise<unknown> => {
  const entry = await views.get(`channels.main.${id}`);
  return entry?.operation === "PUT" ? entry.json() : undefined;
};

test("views are made anew from the logs: what is missing, wrong or orphaned is put right, what is right stays", async () => {
  const ids = ["right", "missing", "wrong", "garbled", "ahead"] as const;
  const seqs = new Map<string, number>();
  for (const id of ids) seqs.set(id, await converse(id));
  const wanted = (id: string) => ({ at: 3, last: `from ${id}`, seq: seqs.get(id) });
  const put = (id: string, body: string) => views.put(`channels.main.${id}`, body);
  const kept = await put("right", JSON.stringify(wanted("right")));
  await put("wrong", JSON.stringify({ ...wanted("wrong"), last: "something else" }));
  await put("garbled", "{");
  await put("ahead", JSON.stringify({ at: 9, last: "of a store put back", seq: 1_000 }));
  await put("orphan", JSON.stringify({ at: 1, last: "forgotten", seq: 1 }));

  assert.deepEqual(await rebuildViews(client), { actors: 5, right: 1, mended: 4, gone: 1 });

  for (const id of ids) assert.deepEqual(await standing(id), wanted(id), id);
  assert.equal((await views.get("channels.main.right"))?.revision, kept);
  assert.equal(await standing("orphan"), undefined);
  assert.deepEqual(await rebuildViews(client), { actors: 5, right: 5, mended: 0, gone: 0 });
});

/** A kind each of whose events shows an entry of its own, and all of them one together. */
const showing = {
  contract: ledgerContract,
  sends: ({ data }: { readonly data: unknown }, { id }: { readonly id: string }) => ({
    own: { type: "view", view: "balances", data: { last: id } } as const,
    each: { type: "view", view: "balances", id: `of-${id}`, data: data as object } as const,
  }),
};

test("all entries of one actor are made anew, those under ids that are no actor's too, and a fork's as its own", async () => {
  const ada = ledger("ada");
  const commit = async (address: Address, id: string, prev: readonly number[], change = {}) =>
    (await bus.append(entryOf(address, id, { ...change, prev }), prev.at(-1) ?? 0, signal)).seq;
  const first = await commit(ada, "e1", []);
  const second = await commit(ada, "e2", [first]);
  await commit(ledger("twin"), "t1", [], { event: "forked", data: { from: ada, seq: second } });
  const put = (id: string, body: object) => views.put(`balances.main.${id}`, JSON.stringify(body));
  await put("of-e2", { tag: "e2", amount: 1, total: 3, seq: second });
  await put("of-e3", { seq: second + 1 });
  await put("ada", { last: "e9", seq: 1_000 });
  await put("twin", { last: "e2", seq: second });
  const rebuild = (contract = showing.contract) => rebuildViews(client, () => {}, [{ ...showing, contract }]);
  const entries = async () => {
    const found: Record<string, unknown> = {};
    for await (const key of await views.keys("balances.>")) found[key] = (await views.get(key))?.json();
    return found;
  };
  const right = {
    "balances.main.ada": { last: "e2", seq: second },
    "balances.main.of-e1": { tag: "e1", amount: 1, total: 2, seq: first },
    "balances.main.of-e2": { tag: "e2", amount: 1, total: 3, seq: second },
  };

  assert.deepEqual(await rebuild(), { actors: 2, right: 1, mended: 2, gone: 2 });
  assert.deepEqual(await entries(), right);

  const newer = { ...right, "balances.main.of-e4": { seq: second + 2 } };
  await put("of-e4", newer["balances.main.of-e4"]);
  await commit(ada, "e4", [first, second], { version: 2 });
  assert.deepEqual(await rebuild(), { actors: 2, right: 3, mended: 0, gone: 0 });
  assert.deepEqual(await entries(), newer, "what only a newer version can read may have called for it");
});
