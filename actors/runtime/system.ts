import type { Address, KindContract } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { Artifacts } from "./artifact.ts";
import type { Bus } from "./bus.ts";
import type { Logger } from "./logger.ts";
import type { ResolvedOptions } from "./options.ts";
import type { SuspectLane } from "./steps.ts";

/** What all activations of a process share. */
export type ActorSystem = {
  readonly kind: AnyKind;
  /** Every kind there is: says what version mail to it has and whether it takes mail back. */
  readonly contracts: readonly KindContract[];
  readonly bus: Bus;
  /** The object store, for whoever waits no longer than the signal says. */
  readonly artifacts: (signal: AbortSignal) => Artifacts;
  readonly options: ResolvedOptions;
  readonly logger: Logger;
  readonly lane: SuspectLane;
  /** Units: ms since 1970. */
  readonly clock: () => number;
};

/** This process's hold on the partition an actor lives in. */
export type Tenure = {
  /** Whether the claim still names this process, as the bus says. */
  stillOurs(): Promise<boolean>;
  close(reason: string): void;
  /** It is being handed over: no new step may start. */
  readonly leaving: boolean;
  /** The process that handed it to us in good order, nothing cut. */
  readonly handedOverBy: string | undefined;
  /** The actor that whoever has the claim wakes without any mail, if there is one: the claim is its alarm clock. */
  readonly resident?: Address | undefined;
};
