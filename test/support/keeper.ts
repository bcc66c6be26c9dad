import { z } from "zod";
import type { AnyKind, Kind, Step } from "#runtime/actor.ts";
import type { EventOf, KindContract } from "#subjects/mod.ts";

const tagged = z.object({
  tag: z.string(),
  /** It is kept once more after so long. Units: ms. */
  againInMs: z.number().optional(),
});
const begun = z.object({ attempt: z.number().int() });

/** A kind whose actors belong to hosts, beyond the border of CORE. */
export const keeperContract = {
  kind: "keeper",
  version: 1,
  account: "HANDS",
  about: "Test kind: keeps what is on its host, and watches over it without end.",
  host: true,
  mail: { keep: tagged },
  events: { kept: tagged, began: begun },
  live: {},
  asks: { list: z.array(z.string()) },
  sends: {},
  views: ["kept"],
} as const satisfies KindContract;

type KeeperState = { readonly tags: readonly string[] };

/** It watches from the beginning, whether anybody wrote to it or not. */
export const keeperKind = {
  contract: keeperContract,
  stateVersion: 1,
  initial: () => ({ tags: [] }),
  decide: (_, input) => {
    if (input.type === "mail") return { type: "kept", data: input.data };
    return input.type === "emission" ? { type: "began", data: input.data } : undefined;
  },
  evolve: (state, event: EventOf<typeof keeperContract>) =>
    event.type === "kept" ? { tags: [...state.tags, event.data.tag] } : state,
  sends: ({ type, data }, { at }) => {
    if (type !== "kept" || data.againInMs === undefined) return {};
    return { again: { type: "timer", dueAt: at + data.againInMs, verb: "keep", data: { tag: `${data.tag} again` } } };
  },
  steps: () => ({ watch: { type: "watch", endless: true } }),
  perform: async (_, { attempt, emit, signal }) => {
    await emit({ attempt });
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { attempt };
  },
  answers: { list: (state: KeeperState) => state.tags },
} as const satisfies Kind<typeof keeperContract, KeeperState, Step, z.output<typeof begun>>;

/** The same, as the runtime takes it. */
export const anyKeeper = keeperKind as unknown as AnyKind;
