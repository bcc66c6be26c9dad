import { Kvm } from "@nats-io/kv";
import { partitionOf, preferred } from "#runtime/rendezvous.ts";
import { type Address, addressOf, PARTITIONS } from "#subjects/mod.ts";
import type { KindProcess } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import type { Bed } from "./bed.ts";

/** A process that joins gets its share in a quiet moment; under load that may take a while. Units: ms. */
const SETTLE_MS = 30_000;

/** All partitions of a kind. */
export const NUMBERS: readonly number[] = Array.from({ length: PARTITIONS }, (_, number) => number);

/** Name of a process on the bus, as it says itself. */
export function nameOf(process: KindProcess): string {
  return process.lines[0]?.process ?? "";
}

/** A channel whose mail lies in that partition; another `nth`, another channel. */
export function channelIn(partition: number, nth = 0): Address {
  for (let at = 0, found = 0; ; at++) {
    const id = `of-${at}`;
    if (partitionOf("main", id, PARTITIONS) === partition && found++ === nth) return addressOf("main", "channel", id);
  }
}

/** Which partitions are served by that process, as the claims say. */
export async function partitionsOf(bed: Bed, process: KindProcess): Promise<readonly number[]> {
  const owners = await readOwners(bed);
  return NUMBERS.filter((number) => owners[number] === nameOf(process));
}

/** Resolves when every partition is claimed by the one of these processes that should have it, and has answered. */
export async function untilSettled(bed: Bed, processes: readonly KindProcess[]): Promise<void> {
  await untilOwned(bed, processes);
  await Promise.all(NUMBERS.map((number) => bed.speaker.say(channelIn(number), "are you there")));
}

/** Resolves when every partition is claimed by the one of these processes that should have it. */
export async function untilOwned(bed: Bed, processes: readonly KindProcess[]): Promise<void> {
  const names = processes.map(nameOf);
  const wanted = NUMBERS.map((number) => preferred(number, names));
  await eventually(
    () => readOwners(bed),
    (owners) => wanted.every((name, number) => owners[number] === name),
    SETTLE_MS,
  );
}

async function readOwners(bed: Bed): Promise<readonly string[]> {
  const bucket = await new Kvm(await bed.operator()).open("OWN", { allow_direct: true });
  const entries = await Promise.all(NUMBERS.map((number) => bucket.get(`channel.${number}`)));
  return entries.map((entry) => entry?.json<{ process: string }>().process ?? "");
}
