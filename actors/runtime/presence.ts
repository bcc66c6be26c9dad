import type { Msg } from "@nats-io/transport-node";
import { z } from "zod";
import { beatSubject, GONE_SUBJECT, probeSubject } from "#subjects/mod.ts";
import { type Beat, beatSchema } from "./beat.ts";
import type { Logger } from "./logger.ts";
import { isNobodyThere } from "./nats-errors.ts";
import type { Slice } from "./slice.ts";
import type { Wire } from "./wire.ts";

/** How often a process says that it lives, after how long without a word it is missed, and how long a probe waits. Units: ms. */
const BEAT_MS = 100;
const MISSED_MS = 400;
const PROBE_MS = 250;

/** A pause of our own timers above this means that we, not the others, were away. Units: ms. */
const AWAY_MS = 400;

/** How long we believe nobody dead after we were away ourselves, or had not begun yet. Units: ms. */
const CALM_MS = 300;

const goneSchema = z.object({ client: z.object({ name: z.string() }) });

/** What presence is told and asks. */
export type PresencePort = {
  readonly wire: Wire;
  readonly kind: string;
  readonly process: string;
  readonly version: number;
  /** The host whose actors it serves, where each belongs to one: processes of other hosts are nothing to it. */
  readonly host: string | undefined;
  readonly logger: Logger;
  /** What this process owns, for its beats. */
  owned(): readonly (readonly [Slice, number])[];
  /** Who is here changed, or may have. `urgent` when a death was seen. */
  changed(urgent: boolean): void;
  heard(beat: Beat): void;
  /** We were away: stopped, or cut off. */
  returned(): void;
};

type Member = { seenAt: number; version: number; leaving: boolean };

/** Which processes of a kind live: by their beats, the server's word on broken connections, and probes. Only ever a hint. */
export class Presence {
  readonly #port: PresencePort;
  readonly #members = new Map<string, Member>();
  readonly #met = new Set<string>();
  readonly #departed = new Set<string>();
  /** What ends each thing that goes on while we live. */
  readonly #ends: (() => void)[] = [];
  #calmUntil = 0;
  #startedAt = 0;
  #tickedAt = performance.now();
  #leaving = false;

  constructor(port: PresencePort) {
    this.#port = port;
  }

  /** Begins to listen and to beat. */
  start(): void {
    const { wire, kind, process } = this.#port;
    this.#startedAt = performance.now();
    const on = (subject: string, handle: (message: Msg) => void): void => {
      const subscription = wire.nc.subscribe(subject, {
        callback: (error, message) => (error === null ? handle(message) : this.#complain(subject, error)),
      });
      this.#ends.push(() => subscription.unsubscribe());
    };
    const every = (ms: number, run: () => void): void => {
      const timer = setInterval(run, ms);
      this.#ends.push(() => clearInterval(timer));
    };
    on(beatSubject(kind), (message) => this.#hear(message));
    on(probeSubject(kind, process), (message) => void message.respond("here"));
    on(GONE_SUBJECT, (message) => this.#buryMember(message));
    const unlisten = wire.listen((event) => {
      if (event.type === "reconnected") this.#return();
    });
    this.#ends.push(unlisten);
    this.#see(process, this.#port.version, false);
    this.beat({ hello: true });
    every(BEAT_MS, () => this.beat());
    every(BEAT_MS / 2, () => this.#tick());
  }

  /** Says that we live, and whatever else there is to say. */
  beat(more: Partial<Beat> = {}): void {
    const { wire, kind, process, version, host } = this.#port;
    if (!wire.connected) return;
    const beat = {
      process,
      version,
      host,
      own: this.#port.owned(),
      ...(this.#leaving ? { leaving: true } : {}),
      ...more,
    };
    wire.nc.publish(beatSubject(kind), JSON.stringify(beat));
  }

  /** From now on nobody counts on us for a partition. */
  leave(): void {
    this.#leaving = true;
    this.beat();
  }

  /** The last word. */
  stop(): void {
    for (const end of this.#ends) end();
    this.beat({ bye: true });
  }

  /** Whether a process was heard of lately. */
  lives(process: string): boolean {
    return this.#members.has(process);
  }

  /** The processes that may have partitions: alive, not leaving, and of the newest schema that is here. */
  candidates(): readonly string[] {
    const staying = [...this.#members].filter(
      ([name, member]) => !member.leaving && !(this.#leaving && name === this.#port.process),
    );
    const newest = Math.max(...staying.map(([, member]) => member.version));
    return staying.filter(([, member]) => member.version === newest).map(([name]) => name);
  }

  /** How many processes of this kind live. */
  get size(): number {
    return this.#members.size;
  }

  /** False just after we were away: others may look dead to us who are not. */
  get settled(): boolean {
    return this.#port.wire.connected && performance.now() >= this.#calmUntil;
  }

  /** Whether a process is surely gone: nobody listens there, or it does not answer while we were awake to hear it. */
  async isGone(process: string): Promise<boolean> {
    const { wire, kind, version, logger } = this.#port;
    const askedAt = performance.now();
    // The server may have started just before us, and those whom we have not met are on their way back to it.
    if (askedAt - this.#startedAt < CALM_MS && !this.#met.has(process)) return false;
    const probe = wire.nc.request(probeSubject(kind, process), "", { timeout: PROBE_MS });
    const handedOn = this.#serverAnswers();
    try {
      await probe;
      this.#see(process, version, false);
      return false;
    } catch (error) {
      const tookMs = performance.now() - askedAt;
      const awake = tookMs < PROBE_MS + AWAY_MS && (await handedOn) && (await this.#serverAnswers());
      const stopped = isTimeout(error) && awake;
      const dead = isNobodyThere(error) || stopped;
      logger.debug({ process, dead, tookMs }, "probed");
      return dead && wire.connected;
    }
  }

  /** A server that is itself stopped makes everybody look so; its answer says that all we sent before was handed on. */
  async #serverAnswers(): Promise<boolean> {
    try {
      await this.#port.wire.attempt(() => this.#port.wire.nc.flush(), PROBE_MS / 2);
      return true;
    } catch {
      return false;
    }
  }

  #hear(message: Msg): void {
    const { process, host, logger } = this.#port;
    const parsed = beatSchema.safeParse(readJson(message));
    if (!parsed.success) {
      logger.warn({ subject: message.subject }, "a beat that nobody can read was ignored");
      return;
    }
    const beat = parsed.data;
    if (beat.process === process || beat.host !== host) return;
    if (beat.bye === true) {
      this.#members.delete(beat.process);
      this.#departed.add(beat.process);
      this.#port.changed(true);
      return;
    }
    this.#see(beat.process, beat.version, beat.leaving === true);
    this.#port.heard(beat);
    if (beat.hello === true) this.beat();
  }

  #see(process: string, version: number, leaving: boolean): void {
    if (this.#departed.has(process)) return;
    const known = this.#members.get(process);
    this.#met.add(process);
    this.#members.set(process, { seenAt: performance.now(), version, leaving });
    if (known === undefined || known.leaving !== leaving) this.#port.changed(leaving);
  }

  #buryMember(message: Msg): void {
    const parsed = goneSchema.safeParse(readJson(message));
    const name = parsed.success ? parsed.data.client.name : this.#port.process;
    if (name === this.#port.process || !this.#members.delete(name)) return;
    this.#port.logger.info({ process: name }, "the server says its connection is gone");
    this.#port.changed(true);
  }

  #tick(): void {
    const now = performance.now();
    const away = now - this.#tickedAt > AWAY_MS;
    this.#tickedAt = now;
    if (away) this.#return();
    if (!this.settled) return;
    for (const [name, member] of this.#members) {
      if (name === this.#port.process || now - member.seenAt <= MISSED_MS) continue;
      this.#members.delete(name);
      this.#port.logger.info({ process: name }, "not heard of any more");
      this.#port.changed(true);
    }
  }

  #return(): void {
    const now = performance.now();
    this.#calmUntil = now + CALM_MS;
    for (const member of this.#members.values()) member.seenAt = now;
    this.beat({ hello: true });
    this.#port.returned();
  }

  #complain(subject: string, error: Error): void {
    this.#port.logger.error({ subject, err: error }, "cannot listen here; the user's rights do not fit the contract");
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function readJson(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
