import { setTimeout as delay } from "node:timers/promises";
import { delayOf } from "#models/offline.ts";
import { addressOf } from "#subjects/mod.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, median } from "./figure.ts";
import { untilOwned, untilSettled } from "./owners.ts";
import type { Speaker, Turn } from "./speaker.ts";

/** How many channels talk meanwhile. */
const CALLERS = 40;

/** How long the model takes, chosen from each message. Units: ms. */
const PAUSE = { from: 20, to: 200 } as const;

/** Calm before the first restart, and from one to the next. Units: ms. */
const CALM_MS = 3_000;

const ENVIRONMENT = { THALASSA_OFFLINE_DELAY_MS: `${PAUSE.from}-${PAUSE.to}`, THALASSA_LOG: "debug" } as const;

/** Both of two processes are replaced, again and again; a restart lasts until each partition is where it belongs. */
export const rolling: Bench = {
  name: "rolling",
  about: "two processes replaced one after the other under load, the new one started first: what that adds to a turn",
  run: measureRestarts,
};

async function measureRestarts({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  const everStarted = [await bed.startChannel(ENVIRONMENT), await bed.startChannel(ENVIRONMENT)];
  await untilSettled(bed, everStarted);
  const heard = listen(bed.speaker);
  const talk = new Talk(bed.speaker);
  await delay(CALM_MS);
  const restarts: { readonly fromAt: number; readonly untilAt: number }[] = [];
  const serving = [...everStarted];
  for (let round = 0; round < (quick ? 2 : 12); round++) {
    const fromAt = Date.now();
    const replacement = await bed.startChannel(ENVIRONMENT);
    everStarted.push(replacement);
    serving.push(replacement);
    await serving.shift()?.leave();
    await untilOwned(bed, serving);
    restarts.push({ fromAt, untilAt: Date.now() });
    await delay(CALM_MS);
  }
  const turns = await talk.end();
  const added = ({ ms, heardSeq, text }: Turn): number => ms - pauseOf(heardSeq, text);
  const meanwhile = ({ sentAt, saidAt }: Turn): boolean =>
    restarts.some(({ fromAt, untilAt }) => saidAt > fromAt && sentAt < untilAt);
  const calm = median(turns.filter((turn) => !meanwhile(turn)).map(added));
  const during = turns.filter(meanwhile).map((turn) => added(turn) - calm);
  report(figure("rolling: latency added by a restart", "ms", during, [{ of: "p95", most: 100 }]));
  const cut = everStarted.flatMap(({ lines }) => lines.filter(({ msg }) => msg.includes("with steps cut"))).length;
  report(figure("rolling: hand-overs that cut a step", "", [cut], [{ of: "median", most: 0 }]));
  const twice = heard.calls - turns.length;
  report(figure("rolling: steps run twice", "", [twice], [{ of: "median", most: 0 }]));
}

/** Many channels in which somebody speaks, waits for the answer, and speaks again soon. */
class Talk {
  readonly #turns: Turn[] = [];
  readonly #callers: Promise<void>;
  #ended = false;

  constructor(speaker: Speaker) {
    const callers = Array.from({ length: CALLERS }, (_, caller) => this.#converse(speaker, caller));
    this.#callers = Promise.all(callers).then(() => {});
    this.#callers.catch(() => {});
  }

  /** Resolves when the last message is answered. Throws: Unanswered. */
  async end(): Promise<readonly Turn[]> {
    this.#ended = true;
    await this.#callers;
    return this.#turns;
  }

  async #converse(speaker: Speaker, caller: number): Promise<void> {
    const address = addressOf("main", "channel", `talk-${caller}`);
    for (let turn = 0; !this.#ended; turn++) {
      this.#turns.push(await speaker.say(address, `message ${turn} of ${caller}`));
      await delay((turn * 37 + caller * 11) % 100);
    }
  }
}

/** Counts the calls of the model: each says once that it thinks. */
function listen(speaker: Speaker): { readonly calls: number } {
  const heard = { calls: 0 };
  speaker.client.wire.nc.subscribe("thalassa.*.channel.*.live.status", { callback: () => void heard.calls++ });
  return heard;
}

/** As long as the offline model pauses for that message: a call here answers one. */
function pauseOf(seq: number, text: string): number {
  const line = { role: "user" as const, seq, at: 0, text };
  return delayOf({ lines: [line], answers: [seq], before: 0, heard: 1, said: 0 }, PAUSE);
}
