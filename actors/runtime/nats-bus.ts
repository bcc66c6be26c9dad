import { type KV, Kvm } from "@nats-io/kv";
import { type MsgHdrs, headers as newHeaders } from "@nats-io/transport-node";
import {
  type Address,
  commitFilter,
  commitSubject,
  type DeadLetter,
  dueSubject,
  HEADERS,
  MAX_MAIL_BYTES,
  subjectOf,
} from "#subjects/mod.ts";
import type { Burial, Bus, LogEntry, LogRecord, OutgoingMail, OutgoingTimer } from "./bus.ts";
import { Fenced, Unhandleable } from "./errors.ts";
import { answerOf, isTooLarge } from "./nats-errors.ts";
import { NatsLog } from "./nats-log.ts";
import { recordHeaders } from "./record.ts";
import { ViewWriter } from "./view-writer.ts";
import type { Wire } from "./wire.ts";

/** The bus on NATS: JetStream for logs and mail, KV for snapshots and views. */
export class NatsBus implements Bus {
  readonly #wire: Wire;
  readonly #log: NatsLog;
  readonly #snapshots: KV;
  readonly #views: ViewWriter;

  private constructor(wire: Wire, snapshots: KV, views: KV) {
    this.#wire = wire;
    this.#log = new NatsLog(wire, "leader");
    this.#snapshots = snapshots;
    this.#views = new ViewWriter(wire, views);
  }

  /** Opens the buckets it needs; asks the server nothing. */
  static async over(wire: Wire): Promise<NatsBus> {
    const kvm = new Kvm(wire.js);
    const [snapshots, views] = await Promise.all([openBucket(kvm, "STATE"), openBucket(kvm, "VIEWS")]);
    return new NatsBus(wire, snapshots, views);
  }

  async append(entry: LogEntry, fence: number, signal: AbortSignal): Promise<{ seq: number; bytes: number }> {
    const body = JSON.stringify(entry.data);
    const subject = commitSubject(entry.address, entry.event);
    const expect = { lastSubjectSequence: fence, lastSubjectSequenceSubject: commitFilter(entry.address) };
    const options = { msgID: entry.id, headers: recordHeaders(entry), expect };
    try {
      const { seq } = await this.#wire.persist(() => this.#wire.js.publish(subject, body, options), signal);
      return { seq, bytes: body.length };
    } catch (error) {
      if (isTooLarge(error)) throw new Unhandleable("too-large", "the event is too large for the bus", error);
      if (answerOf(error) !== "fenced") throw error;
      // The server checks the fence before the message id: a retry of our own stored commit looks the same.
      const last = await this.last(entry.address, signal);
      if (last?.id !== entry.id) throw new Fenced(entry.address, fence);
      return { seq: last.seq, bytes: body.length };
    }
  }

  last(address: Address, signal: AbortSignal): Promise<LogRecord | undefined> {
    return this.#log.last(address, signal);
  }

  next(address: Address, fromSeq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    return this.#log.next(address, fromSeq, signal);
  }

  record(address: Address, seq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    return this.#log.record(address, seq, signal);
  }

  async post(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    await postMail(this.#wire, mail, signal);
  }

  async schedule(timer: OutgoingTimer, signal: AbortSignal): Promise<void> {
    const schedule = { specification: { at: new Date(timer.dueAt) }, target: dueSubject(timer.to, timer.verb) };
    const options = { msgID: timer.id, headers: mailHeaders(timer), schedule };
    const subject = subjectOf(timer.to, "at", timer.name);
    await this.#wire.persist(() => this.#wire.js.publish(subject, JSON.stringify(timer.data), options), signal);
  }

  show(key: string, data: object, seq: number, signal: AbortSignal): Promise<void> {
    return this.#views.put(key, { ...data, seq }, signal);
  }

  async bury(burial: Burial, signal: AbortSignal): Promise<void> {
    const { address, verb, id, code, reason, headers } = burial;
    const letter: DeadLetter = { id, verb, code, reason, ...textOf(burial.body), headers };
    const subject = subjectOf(address, "dead", verb);
    const options = { msgID: `${address}:${burial.key}` };
    await this.#wire.persist(() => this.#wire.js.publish(subject, JSON.stringify(letter), options), signal);
  }

  async loadSnapshot(address: Address, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const entry = await this.#wire.persist(() => this.#snapshots.get(address), signal);
    return entry?.operation === "PUT" ? entry.value : undefined;
  }

  async saveSnapshot(address: Address, bytes: Uint8Array): Promise<void> {
    await this.#wire.attempt(() => this.#snapshots.put(address, bytes));
  }

  live(address: Address, noun: string, data: object): void {
    if (this.#wire.connected) this.#wire.nc.publish(subjectOf(address, "live", noun), JSON.stringify(data));
  }
}

/** Opens a bucket that provisioning made, without asking the server about it. */
export function openBucket(kvm: Kvm, name: string): Promise<KV> {
  return kvm.open(name, { allow_direct: true });
}

/** Posts mail until the bus has it. Throws: Unhandleable when it is too large; Closed. The server's dedupe id names the address too, for two actors may get mail of one id. */
export async function postMail(wire: Wire, mail: OutgoingMail, signal: AbortSignal): Promise<void> {
  const options = { msgID: `${mail.to}:${mail.id}`, headers: mailHeaders(mail) };
  const body = JSON.stringify(mail.data);
  const subject = subjectOf(mail.to, "in", mail.verb);
  try {
    await wire.persist(() => wire.js.publish(subject, body, options), signal);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    throw new Unhandleable("too-large", `${mail.verb} has ${body.length} bytes of ${MAX_MAIL_BYTES}; send less`, error);
  }
}

/** The headers of mail; its id is its own, for a fired timer loses the server's. */
function mailHeaders(mail: OutgoingMail): MsgHdrs {
  const headers = newHeaders();
  headers.set(HEADERS.id, mail.id);
  headers.set(HEADERS.time, `${mail.at}`);
  headers.set(HEADERS.version, `${mail.version}`);
  headers.set(HEADERS.correlation, mail.correlation);
  if (mail.from !== undefined) headers.set(HEADERS.from, mail.from);
  if (mail.cause !== undefined) headers.set(HEADERS.cause, mail.cause);
  if (mail.trace !== "") headers.set(HEADERS.trace, mail.trace);
  return headers;
}

function textOf(body: Uint8Array): Pick<DeadLetter, "body" | "encoding"> {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true }).decode(body), encoding: "text" };
  } catch {
    return { body: Buffer.from(body).toString("base64"), encoding: "base64" };
  }
}
