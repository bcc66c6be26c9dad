import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Bus, LogEntry, OutgoingMail, OutgoingTimer } from "#runtime/bus.ts";
import { Closed, Fenced, Unhandleable } from "#runtime/errors.ts";
import { type Address, HEADERS, MAX_PAYLOAD_BYTES } from "#subjects/mod.ts";
import { eventually } from "./eventually.ts";
import { ledger } from "./ledger.ts";
import { entryOf } from "./record.ts";

/** Mail as it waits in a queue. */
export type WaitingMail = {
  readonly verb: string;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
};

/** A bus and what a test wants to see behind it. */
export type BusFixture = AsyncDisposable & {
  readonly bus: Bus;
  /** Units: ms since 1970. */
  now(): number;
  /** Lets so much time pass. Units: ms. */
  pass(ms: number): Promise<void>;
  mailOf(address: Address): Promise<readonly WaitingMail[]>;
  /** Stores in an actor's log what no commit wrote. */
  forge(address: Address, event: string, data: object): Promise<void>;
  view(key: string): Promise<unknown>;
  dead(): Promise<readonly { readonly id: string; readonly code: string; readonly body: string }[]>;
};

const { signal } = new AbortController();

/** What every bus does, in memory or on a server. Each test has actors of its own. */
export function describeBus(name: string, make: () => Promise<BusFixture>): void {
  let actors = 0;
  const on = (sentence: string, test: (fixture: BusFixture, address: Address) => Promise<void>): void => {
    it(sentence, async () => {
      await using fixture = await make();
      await test(fixture, ledger(`suite-${++actors}`));
    });
  };
  describe(name, () => {
    describeLog(on);
    describeMail(on);
    describeKept(on);
  });
}

type On = (sentence: string, test: (fixture: BusFixture, address: Address) => Promise<void>) => void;

function describeLog(on: On): void {
  on("gives back a record as it was appended", async ({ bus }, address) => {
    const { cause, ...outcome } = entryOf(address, "b1", { prev: [3, 7, 8], sentSeq: 3, traceId: "4".repeat(32) });
    const entry: LogEntry = { ...outcome, data: { text: 'ü "quoted" \u0000' } };
    const { seq } = await bus.append(entry, 0, signal);
    assert.deepEqual(await bus.last(address, signal), { ...entry, seq, forged: false });
    assert.deepEqual(await bus.record(address, seq, signal), { ...entry, seq, forged: false });
    const next = { ...entry, id: "b2", cause: cause ?? "" };
    const after = await bus.append(next, seq, signal);
    assert.deepEqual(await bus.last(address, signal), { ...next, seq: after.seq, forged: false });
  });

  on("refuses an append behind anything but the newest record", async ({ bus }, address) => {
    const first = await bus.append(entryOf(address, "c1"), 0, signal);
    await assert.rejects(bus.append(entryOf(address, "c2"), 0, signal), { name: "Fenced", code: "fenced", seq: 0 });
    await assert.rejects(bus.append(entryOf(address, "c3"), first.seq + 1, signal), Fenced);
    await bus.append(entryOf(ledger(`${address.split(".")[2]}-other`), "c4"), 0, signal);
    const second = await bus.append(entryOf(address, "c5", { event: "woken" }), first.seq, signal);
    assert.ok(second.seq > first.seq + 1);
  });

  on("knows a repeated append for its own, until somebody wrote behind it", async ({ bus }, address) => {
    const first = await bus.append(entryOf(address, "d1"), 0, signal);
    const again = await bus.append(entryOf(address, "d1"), 0, signal);
    assert.equal(again.seq, first.seq);
    await bus.append(entryOf(address, "d2"), first.seq, signal);
    await assert.rejects(bus.append(entryOf(address, "d1"), 0, signal), Fenced);
  });

  on("has nothing of an actor that nobody wrote to", async ({ bus }, address) => {
    assert.equal(await bus.last(address, signal), undefined);
    assert.equal(await bus.next(address, 1, signal), undefined);
    const other = await bus.append(entryOf(ledger(`${address.split(".")[2]}-other`), "e1"), 0, signal);
    assert.equal(await bus.record(address, other.seq, signal), undefined);
    assert.equal(await bus.record(address, other.seq + 1_000, signal), undefined);
  });

  on("finds the next record of an actor among those of others", async ({ bus }, address) => {
    const first = await bus.append(entryOf(address, "f1"), 0, signal);
    await bus.append(entryOf(ledger(`${address.split(".")[2]}-other`), "f2"), 0, signal);
    const second = await bus.append(entryOf(address, "f3", { event: "woken" }), first.seq, signal);
    assert.equal((await bus.next(address, 1, signal))?.id, "f1");
    assert.equal((await bus.next(address, first.seq + 1, signal))?.seq, second.seq);
    assert.equal(await bus.next(address, second.seq + 1, signal), undefined);
  });

  on("tells a forged record from an honest one", async ({ bus, forge }, address) => {
    const first = await bus.append(entryOf(address, "g1"), 0, signal);
    await forge(address, "added", { total: 1_000_000 });
    const last = await bus.last(address, signal);
    assert.equal(last?.forged, true);
    assert.equal((await bus.record(address, last?.seq ?? 0, signal))?.forged, true);
    assert.equal((await bus.next(address, first.seq + 1, signal))?.forged, true);
    await bus.append(entryOf(address, "g2"), last?.seq ?? 0, signal);
    assert.equal((await bus.last(address, signal))?.forged, false);
  });

  on("says that an event is too large rather than trying for ever", async ({ bus }, address) => {
    const entry = entryOf(address, "h1", { data: { tag: "x".repeat(MAX_PAYLOAD_BYTES) } });
    await assert.rejects(bus.append(entry, 0, signal), Unhandleable);
  });
}

function describeMail(on: On): void {
  on("queues mail once however often it is posted, and apart for each actor", async ({ bus, mailOf }, address) => {
    const other = ledger(`${address.split(".")[2]}-other`);
    for (const to of [address, address, other]) await bus.post(mailTo(to), signal);
    const [waiting, ...more] = await mailOf(address);
    assert.deepEqual([waiting?.verb, waiting?.data, more.length], ["receive", { tag: "a", amount: 1 }, 0]);
    assert.equal((await mailOf(other)).length, 1);
    assert.deepEqual(
      [HEADERS.id, HEADERS.time, HEADERS.version, HEADERS.correlation, HEADERS.from, HEADERS.cause].map(
        (header) => waiting?.headers[header],
      ),
      [`id-${address.length}`, "5", "1", "story", "main.ledger.sender", "why"],
    );
  });

  on("turns a timer into mail of the same id when it is due", async ({ bus, mailOf, now, pass }, address) => {
    const dueAt = now() + 600;
    await bus.schedule(timerTo(address, dueAt), signal);
    await bus.schedule(timerTo(address, dueAt), signal);
    assert.deepEqual(await mailOf(address), []);
    await pass(600);
    const [fired] = await eventually(
      () => mailOf(address),
      (mail) => mail.length > 0,
    );
    assert.deepEqual(
      [fired?.verb, fired?.data, fired?.headers[HEADERS.id]],
      ["wake", { tag: "t" }, `timer of ${address}`],
    );
    assert.equal(fired?.headers[HEADERS.time], `${dueAt}`);
    assert.equal(fired?.headers[HEADERS.scheduler], `thalassa.${address}.at.wake-1`);
    assert.equal((await mailOf(address)).length, 1);
  });

  on("fires a timer at once that is due already", async ({ bus, mailOf, now, pass }, address) => {
    await bus.schedule(timerTo(address, now() - 5_000), signal);
    await pass(0);
    await eventually(
      () => mailOf(address),
      (mail) => mail.length === 1,
    );
  });

  on("keeps a dead letter as it came, and once", async ({ bus, dead }, address) => {
    const burial = {
      address,
      verb: "add",
      id: `dead-${address}`,
      key: "17",
      code: "unreadable",
      reason: "because",
      body: Buffer.from("{"),
      headers: { "X-Any": "thing" },
    };
    for (let times = 0; times < 2; times++) await bus.bury(burial, signal);
    const letters = (await dead()).filter(({ id }) => id === burial.id);
    assert.deepEqual(
      letters.map(({ code, body }) => [code, body]),
      [["unreadable", "{"]],
    );
  });
}

function describeKept(on: On): void {
  on("never replaces a view entry by one from an earlier event", async ({ bus, view }, address) => {
    const key = `balances.main.${address.split(".")[2]}`;
    await bus.show(key, { total: 5 }, 5, signal);
    await bus.show(key, { total: 3 }, 3, signal);
    assert.deepEqual(await view(key), { total: 5, seq: 5 });
    await bus.show(key, { total: 9 }, 9, signal);
    assert.deepEqual(await view(key), { total: 9, seq: 9 });
  });

  on("gives back the snapshot saved last", async ({ bus }, address) => {
    assert.equal(await bus.loadSnapshot(address, signal), undefined);
    await bus.saveSnapshot(address, Buffer.from([1, 2, 3]));
    await bus.saveSnapshot(address, Buffer.from([0, 255]));
    assert.deepEqual([...((await bus.loadSnapshot(address, signal)) ?? [])], [0, 255]);
  });

  on("gives up at once what its asker no longer wants", async ({ bus }, address) => {
    const gone = AbortSignal.abort();
    await assert.rejects(bus.append(entryOf(address, "z1"), 0, gone), { name: "Closed", code: "closed" });
    await assert.rejects(bus.post(mailTo(address), gone), Closed);
    await assert.rejects(bus.last(address, gone), Closed);
    assert.equal(await bus.last(address, signal), undefined);
  });
}

function mailTo(to: Address): OutgoingMail {
  const data = { tag: "a", amount: 1 };
  const from = ledger("sender");
  return {
    to,
    verb: "receive",
    data,
    id: `id-${to.length}`,
    at: 5,
    version: 1,
    from,
    cause: "why",
    correlation: "story",
    trace: "",
  };
}

function timerTo(to: Address, dueAt: number): OutgoingTimer {
  const mail = {
    to,
    verb: "wake",
    data: { tag: "t" },
    id: `timer of ${to}`,
    at: dueAt,
    version: 1,
    correlation: "s",
    trace: "",
  };
  return { ...mail, from: to, name: "wake-1", dueAt };
}
