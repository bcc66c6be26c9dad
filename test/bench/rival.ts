import { channelContract } from "#subjects/channel.ts";
import { terminalContract } from "#subjects/clients.ts";
import type { ClientContract, KindContract } from "#subjects/contract.ts";
import { KINDS } from "#subjects/kinds.ts";

/** What the runtime is held against: a pipeline written by hand, on streams of its own in the shape of a channel's. */
export const rivalContract: KindContract = {
  ...channelContract,
  kind: "rival",
  about: "Bench: the same turn without a runtime.",
};

/** The channel and its rival. */
export const BENCH_KINDS: readonly KindContract[] = [channelContract, rivalContract];

/** All kinds there are, and the channel's rival. */
export const ALL_KINDS: readonly KindContract[] = [...KINDS, rivalContract];

/** A terminal that talks to both. */
export const speakerContract: ClientContract = {
  ...terminalContract,
  client: "speaker",
  sends: { channel: ["hear"], rival: ["hear"] },
  follows: ["channel", "rival"],
};
