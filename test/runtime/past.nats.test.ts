import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { NotAllowed } from "#runtime/errors.ts";
import { recordsBack } from "#runtime/lineage.ts";
import { NatsBus } from "#runtime/nats-bus.ts";
import { loadActor, readState } from "#runtime/recovery.ts";
import { encodeSnapshot } from "#runtime/snapshot.ts";
import { Wire } from "#runtime/wire.ts";
import { FORKED, OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { auditorContract } from "#support/contracts.ts";
import { ledger, ledgerContract, ledgerKind } from "#support/ledger.ts";
import { countOf } from "#support/ledger-log.ts";
import { entryOf, recordsOf } from "#support/record.ts";
import { startServer, type TestServer } from "#support/server.ts";

const KIND = ledgerKind();
const ADA = ledger("ada");
const TWIN = ledger("twin");
const { signal } = new AbortController();

/** The same beyond a border, and one that may not read what these two may. */
const inspectorContract = { ...auditorContract, kind: "inspector", account: "HANDS" } as const;
const strangerContract = { ...auditorContract, kind: "stranger", pasts: [] } as const;

let server: TestServer;
const seqs: number[] = [];
before(async () => {
  server = await startServer({
    kinds: [ledgerContract, auditorContract, inspectorContract, strangerContract],
    clients: [],
  });
  const bus = await busOf(ledgerContract);
  const commit = async (nth: number, change: Parameters<typeof entryOf>[2] = {}) => {
    const entry = entryOf(ADA, `a${nth}`, { prev: seqs.slice(-32), sentSeq: seqs.at(-1) ?? 0, ...change });
    seqs.push((await bus.append(entry, seqs.at(-1) ?? 0, signal)).seq);
  };
  for (let nth = 0; nth < 50; nth++) await commit(nth);
  const { fold } = await loadActor(bus, KIND, ADA, signal);
  await bus.saveSnapshot(ADA, encodeSnapshot(KIND, fold) ?? new Uint8Array());
  for (let nth = 50; nth < 80; nth++) await commit(nth);
  const forked = { event: FORKED, data: { from: ADA, seq: seqs[59] } };
  const { seq } = await bus.append(entryOf(TWIN, "t0", forked), 0, signal);
  await bus.append(entryOf(TWIN, "t1", { prev: [seq] }), seq, signal);
});
after(() => server[Symbol.asyncDispose]());

async function busOf({ kind, account }: { readonly kind: string; readonly account: "CORE" | "HANDS" }) {
  return NatsBus.over(await Wire.over(await server.connect(kind), apiPrefix(account)));
}

const at = (nth: number) => ({ from: ADA, seq: seqs[nth] ?? 0 });

/** How much every stream holds and has ever held. */
async function stored(): Promise<readonly unknown[]> {
  const { streams } = await jetstreamManager(await server.connect(OPERATOR));
  const found: unknown[] = [];
  for await (const { config, state } of streams.list()) found.push([config.name, state.messages, state.last_seq]);
  return found;
}

for (const contract of [auditorContract, inspectorContract]) {
  describe(`a kind in ${contract.account} that may read the past of another`, () => {
    it("reads its state before, at and after its snapshot, and that of a fork, and writes nothing", async () => {
      const bus = await busOf(contract);
      const earlier = await stored();
      for (const nth of [9, 49, 79]) {
        assert.equal(countOf({ state: await readState(bus, KIND, at(nth), signal) }), nth + 1);
      }
      const twin = { from: TWIN, seq: (await bus.last(TWIN, signal))?.seq ?? 0 };
      assert.equal(countOf({ state: await readState(bus, KIND, twin, signal) }), 61);
      assert.equal(countOf({ state: await readState(bus, KIND, { ...twin, seq: seqs[4] ?? 0 }, signal) }), 5);
      const back = await recordsOf(recordsBack(bus, twin, signal));
      assert.deepEqual(
        back.map(({ seq }) => seq),
        [twin.seq, twin.seq - 1, ...seqs.slice(0, 60).reverse()],
      );
      assert.deepEqual(await stored(), earlier);
    });
  });
}

describe("a kind that may not", () => {
  it("is told so", async () => {
    const bus = await busOf(strangerContract);
    await assert.rejects(readState(bus, KIND, at(9), signal), NotAllowed);
    await assert.rejects(recordsOf(recordsBack(bus, at(9), signal)), NotAllowed);
  });
});
