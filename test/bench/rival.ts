import { channelContract } from "#subjects/channel.ts";
import { terminalContract } from "#subjects/clients.ts";
import type { ClientContract, KindContract } from "#subjects/contract.ts";

/** What the runtime is held against: a pipeline written by hand, on streams of its own in the shape of a channel's. */
export const rivalContract: KindContract = {
  ...channelContract,
  kind: "rival",
  about: "Bench: the same turn without a runtime.",
};

/** The channel and its rival. */
export const BENCH_KINDS: readonly KindContract[] = [channelContract, rivalContract];

/** A terminal that talks to both. */
export const speakerContract: ClientContract = {
  ...terminalContract,
  client: "speaker",
  sends: { channel: ["hear"], rival: ["hear"] },
  follows: ["channel", "rival"],
};
