import { loadActor } from "#runtime/recovery.ts";
import { encodeSnapshot } from "#runtime/snapshot.ts";
import type { Address } from "#subjects/mod.ts";
import { ledger, ledgerKind } from "./ledger.ts";
import { MemoryBus } from "./memory-bus.ts";
import { MemoryStore } from "./memory-store.ts";
import { entryOf } from "./record.ts";

/** Whose log it is, and who writes into the same stream in between. */
export const ADA = ledger("ada");

/** The other one. */
export const BEN = ledger("ben");

const KIND = ledgerKind();
const { signal } = new AbortController();

/** A log of ADA with so many events among those of BEN, written without any actor, and what reads it. */
export async function ledgerLog(count: number) {
  const store = new MemoryStore();
  const bus = new MemoryBus(store, "p");
  const prev: number[] = [];
  const add = async (address: Address, id: string, chain: number[] = []) => {
    const fence = store.log.last(address)?.seq ?? 0;
    const entry = entryOf(address, id, { prev: chain.slice(-32), sentSeq: chain.at(-1) ?? 0 });
    const { seq } = await bus.append(entry, fence, signal);
    chain.push(seq);
  };
  for (let nth = 0; nth < count; nth++) {
    await add(ADA, `a${nth}`, prev);
    await add(BEN, `b${nth}`);
  }
  const load = () => loadActor(bus, KIND, ADA, signal);
  const snapshot = async () => {
    const { fold } = await load();
    store.snapshots.set(ADA, encodeSnapshot(KIND, fold) ?? new Uint8Array());
  };
  return { store, bus, prev, add, load, snapshot, addNext: (id: string) => add(ADA, id, prev) };
}

/** How many different things a ledger counted. */
export function countOf({ state }: { readonly state: unknown }): number {
  return Object.keys((state as { readonly counts: object }).counts).length;
}
