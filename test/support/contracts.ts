import { z } from "zod";
import { channelContract } from "#subjects/channel.ts";
import type { KindContract } from "#subjects/contract.ts";

const nothing = z.object({});

/** A kind beside the channel in the same account. */
export const clerkContract = {
  kind: "clerk",
  version: 1,
  account: "CORE",
  about: "Test kind: takes orders, and has them carried out by hands.",
  mail: { order: nothing, bounced: nothing },
  events: { ordered: nothing },
  live: {},
  asks: {},
  sends: { hand: ["carry"] },
  views: ["orders"],
} as const satisfies KindContract;

/** A kind in an account of its own, as whatever runs what models wrote is. */
export const handContract = {
  kind: "hand",
  version: 1,
  account: "HANDS",
  about: "Test kind: carries out, across the border between accounts.",
  mail: { carry: nothing },
  events: { carried: nothing },
  live: { output: nothing },
  asks: { load: nothing },
  sends: { clerk: ["order"] },
  views: ["hands"],
} as const satisfies KindContract;

/** A kind that reads the pasts of ledgers, and may do nothing else to them. */
export const auditorContract = {
  kind: "auditor",
  version: 1,
  account: "CORE",
  about: "Test kind: looks into what happened to others.",
  mail: { audit: nothing },
  events: { audited: nothing },
  live: {},
  asks: {},
  sends: {},
  views: [],
  pasts: ["ledger"],
} as const satisfies KindContract;

/** The channel, a neighbour of it, and one beyond a border. */
export const TEST_KINDS: readonly KindContract[] = [channelContract, clerkContract, handContract];
