import type { Burial } from "#runtime/bus.ts";
import { decodeSnapshot } from "#runtime/snapshot.ts";
import type { Address } from "#subjects/mod.ts";
import { MemoryLog } from "./memory-log.ts";
import { MemoryMail } from "./memory-mail.ts";
import { type Pick, Scheduler } from "./scheduler.ts";

/** When a store's clock begins. Units: ms since 1970. */
export const START_AT = 1_800_000_000_000;

/** Who has the mail of the kind, as the store knows it; `by` let go of it in good order. */
export type MemoryClaim = { readonly process: string; readonly revision: number; readonly by?: string };

/** An entry of a view. */
export type ViewEntry = { readonly seq: number; readonly data: object };

/** A message that nobody keeps. */
export type LiveMessage = { readonly address: string; readonly noun: string; readonly data: object };

/**
 * What a test plans to go wrong between a process and its server; each count is used up. Lost are confirmations and
 * acknowledgements; `errors` are answers that nobody reckons with, to requests whose name begins with `errorsOf`.
 */
export type Faults = { confirmations: number; acks: number; errors: number; errorsOf: string };

/** All that a server keeps for one kind, in memory, with a clock that the test winds. */
export class MemoryStore {
  readonly scheduler: Scheduler;
  readonly pick: Pick;
  readonly log = new MemoryLog();
  readonly mail: MemoryMail;
  readonly faults: Faults = { confirmations: 0, acks: 0, errors: 0, errorsOf: "" };
  readonly snapshots = new Map<string, Uint8Array>();
  readonly live: LiveMessage[] = [];
  #views = new Map<string, ViewEntry>();
  #dead = new Map<string, Burial>();
  #claim: MemoryClaim = { process: "", revision: 0 };
  #now = START_AT;

  constructor(scheduler: Scheduler = new Scheduler(), pick: Pick = () => 0) {
    this.scheduler = scheduler;
    this.pick = pick;
    this.mail = new MemoryMail(scheduler, this.#now, () => this.#strikes("acks"));
  }

  get now(): number {
    return this.#now;
  }

  get claim(): MemoryClaim {
    return this.#claim;
  }

  get dead(): readonly Burial[] {
    return [...this.#dead.values()];
  }

  /** Winds the clock on. Units: ms. */
  advance(ms: number): void {
    this.#now += ms;
    this.mail.passTo(this.#now);
  }

  /** Names a process the owner of all mail, or nobody if it is empty. */
  take(process: string, by?: string): MemoryClaim {
    this.#claim = { process, revision: this.#claim.revision + 1, ...(by === undefined ? {} : { by }) };
    return this.#claim;
  }

  view(key: string): ViewEntry | undefined {
    return this.#views.get(key);
  }

  /** Puts a view entry unless a later one stands there. */
  show(key: string, entry: ViewEntry): void {
    if ((this.#views.get(key)?.seq ?? -1) < entry.seq) this.#views = new Map([...this.#views, [key, entry]]);
  }

  bury(burial: Burial): void {
    const key = `${burial.address}:${burial.key}`;
    if (!this.#dead.has(key)) this.#dead = new Map([...this.#dead, [key, burial]]);
  }

  /** Whether the confirmation of a request is to be lost. */
  losesConfirmation(): boolean {
    return this.#strikes("confirmations");
  }

  /**
   * Remembers everything as it is; the function returned puts it all back but for the clock and for snapshots of a past
   * that now never was. Sequences are issued again.
   */
  checkpoint(): () => void {
    const [views, dead, log, mail] = [this.#views, this.#dead, this.log.save(), this.mail.save()];
    const snapshots = new Map(this.snapshots);
    return () => {
      this.#views = views;
      this.#dead = dead;
      log();
      mail();
      for (const [address, bytes] of this.snapshots) {
        if (!this.#isOfThisPast(address as Address, bytes)) continue;
        const older = snapshots.get(address);
        if (older === undefined) this.snapshots.delete(address);
        else this.snapshots.set(address, older);
      }
    };
  }

  #isOfThisPast(address: Address, bytes: Uint8Array): boolean {
    const { seq, id } = decodeSnapshot({ stateVersion: 1 }, bytes) ?? { seq: 0, id: "" };
    return this.log.record(address, seq)?.id === id;
  }

  /** Throws: Error when a test planned that this request fails. */
  failOnPlan(request: string): void {
    if (request.startsWith(this.faults.errorsOf) && this.#strikes("errors")) throw new Error(`${request} went wrong`);
  }

  #strikes(what: "confirmations" | "acks" | "errors"): boolean {
    if (this.faults[what] === 0) return false;
    this.faults[what]--;
    return true;
  }
}
