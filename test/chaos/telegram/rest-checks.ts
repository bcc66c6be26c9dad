import { isDeepStrictEqual } from "node:util";
import { telegram } from "#bridges/telegram/kind.ts";
import { byAddress, checkState, type Logs, type Violation } from "#chaos/checks.ts";
import { settled } from "#chaos/jobs/aftermath.ts";
import type { Said, Store, Stored } from "#chaos/stored.ts";
import type { AnyKind } from "#runtime/actor.ts";
import { Fold } from "#runtime/fold.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import { POLLER, telegramContract } from "#subjects/telegram.ts";
import type { FakeTelegram } from "#support/telegram/fake-api.ts";

/** Kinds that take part. */
const KINDS_AT_WORK = ["telegram", "channel"] as const;

/** The poller's alarm clock is the one mail that stays. */
const ALARM_CLOCKS = 1;

/** How long the system may take to come to rest once nothing is broken any more: a group takes what a minute allows. Units: ms. */
const REST_MS = 150_000;

/** What a process that has just started says of itself may change once more within this time. Units: ms. */
const STATE_MS = 10_000;

/** All was taken in and all mail has come to its end, none of it given up. */
export async function checkRest(store: Store, fake: FakeTelegram): Promise<readonly Violation[]> {
  const look = async () => {
    const { MAIL_TELEGRAM = 0, ...others } = await store.leftovers(KINDS_AT_WORK);
    return { ...others, MAIL_TELEGRAM: MAIL_TELEGRAM - ALARM_CLOCKS, pending: fake.pending };
  };
  const left = await settled(look, (seen) => Object.values(seen).every((count) => count <= 0), REST_MS);
  return Object.entries(left)
    .filter(([, count]) => count !== 0)
    .map(([where, count]) => ({ what: `${count} are left in ${where}` }));
}

/** What each actor answers is what its log folds to, once nothing happens to it any more, and no chat waits for anything. */
export async function checkStates(store: Store, how: string): Promise<readonly Violation[]> {
  const look = async (): Promise<readonly Violation[]> => {
    const actors = [...byAddress(Object.values(await logsOf(store)).flat())];
    return (await Promise.all(actors.map(([address, records]) => checkActor(store, address, records)))).flat();
  };
  const wrong = await settled(look, ({ length }) => length === 0, STATE_MS);
  return wrong.map((each) => ({ ...each, what: `${how}: ${each.what}` }));
}

/** All that is stored of the kinds that take part. */
export async function logsOf(store: Store): Promise<Logs> {
  const logs = KINDS_AT_WORK.map(async (kind) => [kind, await store.log(kind)] as const);
  return Object.fromEntries(await Promise.all(logs));
}

async function checkActor(store: Store, address: Address, records: readonly Stored[]): Promise<readonly Violation[]> {
  const said = await store.ask(address);
  if (parseAddress(address).kind !== telegramContract.kind) return checkState(address, records, said);
  return [...checkFold(address, records, said), ...checkIdle(address, said)];
}

function checkFold(address: Address, records: readonly Stored[], said: Said): readonly Violation[] {
  const fold = new Fold(telegram as unknown as AnyKind, address);
  for (const record of records) fold.apply(record);
  const folded = JSON.parse(JSON.stringify(fold.state));
  if (said.seq === fold.seq && isDeepStrictEqual(said.state, folded)) return [];
  const what = `its state at ${said.seq} is ${JSON.stringify(said.state)}; its log folds at ${fold.seq} to ${JSON.stringify(folded)}`;
  return [{ what, address }];
}

type Waiting = { readonly queue: readonly unknown[]; readonly open: readonly unknown[]; readonly parked?: string };

function checkIdle(address: Address, { state }: Said): readonly Violation[] {
  if (parseAddress(address).id === POLLER) return [];
  const { queue, open, parked } = state as Waiting;
  if (queue.length === 0 && open.length === 0 && parked === undefined) return [];
  return [{ what: `waits: ${JSON.stringify({ queue, open, parked })}`, address }];
}
