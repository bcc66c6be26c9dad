import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { stateAfter } from "#bridges/conversation/job-past.ts";
import type { Client } from "#runtime/mod.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { hasEnded, workerAddress } from "#subjects/job.ts";
import { type Address, addressOf } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { COUNT_FILE, type PlannedJob } from "./plan.ts";

/** Why a person ends a job. */
export const WHY = "the storm wants it so";

/** How long a job may take to be there, and to come to its end once nothing is broken any more. Units: ms. */
const PATIENCE_MS = { begun: 90_000, ended: 240_000 } as const;

/** How long all jobs are stopped for. Units: ms. */
const PANIC_MS = 1_500;

const OWNER = { party: "terminal", id: "ada" } as const;

/** A job that goes on from another one, to read out what was counted there. */
export type Reader = { readonly of: Address; readonly address: Address };

/** Whoever begins jobs, allows them, ends them, and asks for what they left. */
export class Requester {
  readonly begun: PlannedJob[] = [];
  readonly #client: Client;
  readonly #errands: Promise<unknown>[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** Begins a job, and does in the meantime what people do with it. */
  begin(job: PlannedJob): void {
    this.begun.push(job);
    this.#errands.push(this.#spawn(job));
  }

  /** Stops all jobs, and lets things go on. */
  panic(): void {
    const cortex = addressOf("main", cortexContract.kind, CORTEX);
    const say = (on: boolean): Promise<string> => this.#client.send(cortex, "panic", { on, who: OWNER, why: WHY });
    this.#errands.push(
      say(true)
        .then(() => delay(PANIC_MS))
        .then(() => say(false)),
    );
  }

  /** Resolves when everything that was to be said has been said. Throws: what of it could not. */
  async done(): Promise<void> {
    await Promise.all(this.#errands);
  }

  /** Waits until a job has ended. Throws: Error with its newest event, when it takes too long. */
  async ended(address: Address): Promise<void> {
    const look = async (): Promise<{ readonly isOver: boolean; readonly last: string }> => {
      const last = await this.#client.last(address);
      const state = last === undefined ? undefined : stateAfter(last);
      // What leaves a job after its end says no state.
      const isOver =
        (state !== undefined && hasEnded(state)) || ["left", "renewed", "declined"].includes(last?.event ?? "");
      return { isOver, last: last === undefined ? "nothing" : `${last.event} of ${address}` };
    };
    await eventually(look, ({ isOver }) => isOver, PATIENCE_MS.ended);
  }

  /** Has what was counted by a job read out by one that goes on from it. */
  async read(of: Address): Promise<Reader> {
    const id = randomBytes(9).toString("base64url");
    await this.#client.send(of, "tell", { text: `Read it out.\n$ cat ${COUNT_FILE}`, who: OWNER }, { id });
    const told = await eventually(
      async () => await this.#client.last(of),
      (last) => last?.cause === id,
    );
    if (told?.event !== "renewed") throw new Error(`${of} went on with ${told?.event}`);
    const address = workerAddress(of, told.id, 0);
    await this.ended(address);
    return { of, address };
  }

  async #spawn({ address, mail, who, assignment, againAfterMs, abortAfterMs }: PlannedJob): Promise<void> {
    const spawn = (): Promise<string> => this.#client.send(address, "spawn", { assignment, who }, { id: mail });
    await spawn();
    const later = async (ms: number, say: () => Promise<unknown>): Promise<void> => {
      await delay(ms);
      await say();
    };
    await Promise.all([
      againAfterMs === undefined ? undefined : later(againAfterMs, spawn),
      abortAfterMs === undefined ? undefined : later(abortAfterMs, () => this.#abort(address, who)),
      assignment.type === "run" ? this.#approve(address) : undefined,
    ]);
  }

  async #approve(address: Address): Promise<void> {
    await this.#there(address);
    await this.#client.send(address, "approve", { approval: "a1", who: OWNER });
  }

  async #abort(address: Address, who: PlannedJob["who"]): Promise<void> {
    await this.#there(address);
    await this.#client.send(address, "abort", { who, why: WHY });
  }

  /** Nobody allows or ends what they have not seen. */
  async #there(address: Address): Promise<void> {
    await eventually(
      async () => await this.#client.last(address),
      (last) => last !== undefined,
      PATIENCE_MS.begun,
    );
  }
}
