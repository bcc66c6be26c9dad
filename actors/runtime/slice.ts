import {
  type Address,
  addressOf,
  DEFAULT_AGENT,
  encodeToken,
  type KindContract,
  PARTITIONS,
  parseAddress,
} from "#subjects/mod.ts";
import { partitionOf } from "./rendezvous.ts";

/** What a partition is called: its number, or the host whose actors lie in it. */
export type Slice = number | string;

/**
 * The slices of a kind's mail that a process on a host may serve: all of them, or that of its host where each actor
 * belongs to one.
 */
export function slicesOf({ host: isBound }: KindContract, host: string): readonly Slice[] {
  return isBound ? [encodeToken(host)] : Array.from({ length: PARTITIONS }, (_, number) => number);
}

/** The slice that an actor's mail is in. */
export function sliceOf({ host: isBound }: KindContract, address: Address): Slice {
  const { agent, id } = parseAddress(address);
  return isBound ? id : partitionOf(agent, id, PARTITIONS);
}

/**
 * The actor that lives in a slice whether anybody writes to it or not: that of the host, of the agent that is always
 * there.
 */
export function residentOf({ kind, host: isBound }: KindContract, slice: Slice): Address | undefined {
  return isBound ? addressOf(DEFAULT_AGENT, kind, `${slice}`) : undefined;
}
