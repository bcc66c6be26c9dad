import type { TestServer } from "#support/server.ts";
import { BridgeStorm } from "./bridge-storm.ts";
import type { Chance } from "./chance.ts";
import { answersOf, type Violation } from "./checks.ts";
import { HttpReader } from "./http-reader.ts";
import { HttpTalker } from "./http-talker.ts";
import type { ChaosOptions } from "./options.ts";
import type { Stored } from "./stored.ts";

/** So many channels are followed all the time. */
const READERS = 5;

/** Of a hundred rounds, those in which the bridge is struck. */
const STRUCK = 50;

/** The client and its bridge, where chaos goes over HTTP. */
export class OverHttp implements AsyncDisposable {
  readonly talker: HttpTalker;
  readonly #storm: BridgeStorm;
  readonly #readers: readonly HttpReader[];
  readonly #chance: Chance;

  private constructor(storm: BridgeStorm, talker: HttpTalker, readers: readonly HttpReader[], chance: Chance) {
    this.#storm = storm;
    this.talker = talker;
    this.#readers = readers;
    this.#chance = chance;
  }

  /** Starts the bridge, a client that talks, and a few that follow. */
  static async begin(server: TestServer, chance: Chance, options: ChaosOptions): Promise<OverHttp> {
    const storm = await BridgeStorm.gather(server, chance);
    const talker = await HttpTalker.connect(storm.bed, chance, options);
    const headers = await storm.bed.token("reader");
    const channels = Array.from({ length: Math.min(READERS, options.channels) }, (_, index) => `${index + 1}`);
    const readers = channels.map((channel) => new HttpReader(storm.bed, headers, channel));
    return new OverHttp(storm, talker, readers, chance);
  }

  /** Strikes the bridge, if chance wants it so. */
  strike(): void {
    if (this.#chance.between(1, 100) <= STRUCK) this.#storm.strike();
  }

  /** Resolves when the bridge is there again. */
  calm(): Promise<void> {
    return this.#storm.calm();
  }

  /** Each request was told what stands in the log, every reader got its channel, and no process was in trouble. */
  async check(log: readonly Stored[]): Promise<readonly Violation[]> {
    const read = await Promise.all(this.#readers.map((reader) => reader.check(log)));
    const processes = this.#storm.bed.everStarted;
    const errors = processes.flatMap(({ lines }) =>
      lines.filter(({ level, event }) => level >= 50 && event !== "failed"),
    );
    return [
      ...checkReplies(log, this.talker),
      ...read.flat(),
      ...this.talker.surprises.map((what) => ({ what })),
      ...errors.map((line) => ({ what: `the bridge was in trouble: ${JSON.stringify(line)}` })),
      ...processes.flatMap(({ garbled }) => garbled.map((line) => ({ what: `the bridge broke: ${line}` }))),
    ];
  }

  /** What was done to the bridge, and what its client had to do. */
  get summary(): string {
    const { talker } = this;
    const opened = this.#readers.reduce((sum, reader) => sum + reader.opened, 0);
    return [
      `over HTTP: ${talker.sends} requests for ${talker.messages.length} messages, ${talker.replies.length} of them answered`,
      `bridge killed ${this.#storm.kills} times and told to stop ${this.#storm.leaves} times`,
      `${this.#readers.length} readers opened ${opened} streams`,
    ].join("; ");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader[Symbol.asyncDispose]()));
    await this.talker[Symbol.asyncDispose]();
    await this.#storm[Symbol.asyncDispose]();
  }
}

/** Every message was answered, and each of its answers is the one that stands in the log. */
function checkReplies(log: readonly Stored[], { messages, replies }: HttpTalker): readonly Violation[] {
  const heard = new Map(log.filter(({ event }) => event === "heard").map(({ cause, seq }) => [cause, seq]));
  const ends = new Map(log.flatMap((record) => answersOf(record).map((seq) => [seq, record] as const)));
  const told = Map.groupBy(replies, ({ id }) => id);
  return messages.flatMap(({ id, address }) => {
    const seq = heard.get(id) ?? 0;
    const end = ends.get(seq);
    const { reason } = (end?.data ?? {}) as { readonly reason?: string };
    const text = reason ?? wordsTo(seq, log);
    const wanted = { id, status: end?.event === "failed" ? 502 : 200, seq: end?.seq ?? 0, text };
    const got = told.get(id) ?? [];
    const wrong = got.filter((reply) => JSON.stringify(reply) !== JSON.stringify(wanted));
    if (got.length > 0 && wrong.length === 0) return [];
    return [
      { what: `${id} was answered ${JSON.stringify(got)} over HTTP, and ${JSON.stringify(wanted)} is stored`, address },
    ];
  });
}

/** All that was said to a message that was heard, in the course of its turn and at its end. */
function wordsTo(seq: number, log: readonly Stored[]): string {
  const said = log.flatMap(({ data }) => {
    const { text, to = [], answers = [] } = data as { text?: string; to?: number[]; answers?: number[] };
    return text !== undefined && [...to, ...answers].includes(seq) ? [text] : [];
  });
  return said.filter((text) => text !== "").join("\n\n");
}
