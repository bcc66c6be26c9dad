import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { LogRecord } from "#runtime/bus.ts";
import { Fold } from "#runtime/fold.ts";
import { decodeSnapshot, encodeSnapshot } from "#runtime/snapshot.ts";
import { ledger, ledgerKind } from "#support/ledger.ts";

const KIND = ledgerKind();

function folded(tag: string): Fold {
  const fold = new Fold(KIND, ledger("ada"));
  const record: LogRecord = {
    address: ledger("ada"),
    event: "added",
    data: { tag, amount: 3, total: 3, job: { notes: 0 } },
    seq: 7,
    id: "e7",
    at: 1_000,
    version: 1,
    cause: "m1",
    correlation: "m1",
    traceId: "",
    sentSeq: 0,
    prev: [],
    process: "p1",
    forged: false,
  };
  fold.apply(record);
  fold.apply({ ...record, event: "resumed", data: { keys: [`work-${tag}-0`] }, seq: 9, id: "e9", sentSeq: 7 });
  return fold;
}

function withChange(change: object): Uint8Array {
  const saved = JSON.parse(Buffer.from(encodeSnapshot(KIND, folded("a")) ?? []).toString()) as object;
  return Buffer.from(JSON.stringify({ ...saved, ...change }));
}

test("a snapshot gives back all that a fold knows, large ones too", () => {
  for (const tag of ["a", "a".repeat(200_000)]) {
    const fold = folded(tag);
    const bytes = encodeSnapshot(KIND, fold);
    const again = new Fold(KIND, ledger("ada"), decodeSnapshot(KIND, bytes));
    assert.ok(bytes !== undefined && bytes.length < 100_000);
    assert.deepEqual(again.state, fold.state);
    assert.deepEqual([again.seq, again.id, again.fence, again.sentSeq], [9, "e9", 9, 7]);
    assert.deepEqual(again.seen.save(), fold.seen.save());
    assert.equal(again.resumptions(`work-${tag}-0`), 1);
  }
});

test("a snapshot of another version, or one that cannot be read, is none", () => {
  assert.notEqual(decodeSnapshot(KIND, withChange({})), undefined);
  assert.equal(decodeSnapshot(ledgerKind({ stateVersion: 2 }), withChange({})), undefined);
  const unreadable = [withChange({ seq: 0 }), withChange({ seen: 1 }), withChange({ id: null })];
  const rubbish = [Buffer.from(""), Buffer.from("{"), Buffer.from([0x1f, 1]), gzipSync("{"), Buffer.from("null")];
  for (const bytes of [...unreadable, ...rubbish]) assert.equal(decodeSnapshot(KIND, bytes), undefined);
  assert.equal(decodeSnapshot(KIND, undefined), undefined);
});
