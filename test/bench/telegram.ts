import { setTimeout as delay } from "node:timers/promises";
import { addressOf, DEFAULT_AGENT } from "#subjects/mod.ts";
import { planeFilter } from "#subjects/planes.ts";
import { startServer } from "#support/server.ts";
import { BridgeBed } from "#support/telegram/bridge-bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";

/** So many people write at once. */
const CHATS = 40;

/** A flood that outlasts a round. Units: s. */
const FLOOD_S = 30;

/** Whoever writes is known, and nobody writes too much. */
const OPEN = {
  THALASSA_ROLES_USERS: "telegram:*",
  THALASSA_TELEGRAM_USER_PER_MINUTE: "100000",
  THALASSA_TELEGRAM_ALL_PER_MINUTE: "100000",
  THALASSA_LOG: "info",
} as const;

/** What the way through Telegram adds, before a Telegram that answers at once. */
export const telegram: Bench = {
  name: "telegram",
  about:
    "from an update to its answer before a stand-in for Telegram that answers at once, in turns with the same message " +
    "over the bus alone; and 40 people who write at once, with one of them flooded and with none",
  run: measureTelegram,
};

async function measureTelegram(run: BenchRun): Promise<void> {
  await measureAnswer(run);
  await measureFirstWords(run);
  await measureFlood(run);
}

/** A model that answers at once: update to final words, and the same over the bus. */
async function measureAnswer({ quick, report }: BenchRun): Promise<void> {
  await using server = await startServer();
  await using bed = await BridgeBed.start(server, OPEN, { limits: "none" });
  await using client = await bed.operator();
  const [shown, said]: [number[], number[]] = [[], []];
  const rounds = quick ? 10 : 60;
  for (let round = 0; round < rounds + WARM; round++) {
    const one = await answered(bed, 5_000 + round);
    const other = await saidOver(client, `bench-${round}`);
    // Faster than Telegram lets a bot send, one would measure that.
    await delay(PAUSE_MS);
    if (round < WARM) continue;
    shown.push(one);
    said.push(other);
  }
  report(figure("telegram: update to final words", "ms", shown));
  report(figure("telegram: the same over the bus", "ms", said));
  const added = shown.map((each, index) => each - (said[index] ?? 0));
  report(figure("telegram: added", "ms", added, [{ of: "median", most: 50 }]));
}

const WARM = 5;

/** Units: ms. */
const PAUSE_MS = 60;

/** Words that come slowly: update to the first of them that can be seen. */
async function measureFirstWords({ quick, report }: BenchRun): Promise<void> {
  await using server = await startServer();
  await using bed = await BridgeBed.start(server, { ...OPEN, THALASSA_OFFLINE_PACE_MS: "60" }, { limits: "none" });
  const { fake } = bed;
  const first: number[] = [];
  for (let round = 0; round < (quick ? 5 : 30) + WARM; round++) {
    const chat = 6_000 + round;
    const begun = performance.now();
    fake.says(chat, chat, "tell me something, please");
    await fake.until(
      () => fake.chat(chat).drafts.length > 0 || fake.shown(chat).some(({ text }) => text.length > 1),
      "words",
    );
    if (round >= WARM) first.push(performance.now() - begun);
    await fake.until(() => fake.shown(chat).some(({ text }) => text.length > 1), "an answer", 20_000);
  }
  report(figure("telegram: update to first visible words", "ms", first, [{ of: "median", most: 50 }]));
}

/** All at once, with one flooded or none. */
async function measureFlood({ quick, report }: BenchRun): Promise<void> {
  await using server = await startServer();
  await using bed = await BridgeBed.start(server, OPEN, { limits: "none" });
  const [calm, flooded]: [number[], number[]] = [[], []];
  const rounds = quick ? 1 : 3;
  for (let round = -1; round < rounds; round++) {
    const one = await together(bed, 10_000 + (round + 1) * 1_000, false);
    const other = await together(bed, 10_500 + (round + 1) * 1_000, true);
    if (round < 0) continue;
    calm.push(...one);
    flooded.push(...other);
  }
  report(figure(`telegram: ${CHATS} at once, update to final words`, "ms", calm));
  report(figure(`telegram: ${CHATS} at once, another one flooded`, "ms", flooded));
}

/** How long each of many waits who write at once; one more is flooded where it says so. Units: ms. */
async function together({ fake }: BridgeBed, from: number, isFlooded: boolean): Promise<number[]> {
  const victim = from + CHATS;
  const flood = isFlooded ? fake.fault({ type: "429", retryAfter: FLOOD_S, chat: victim, chance: 1 }) : undefined;
  fake.says(victim, victim, "hello");
  if (isFlooded) await fake.until(() => (flood?.taken ?? 0) > 0, "a flood");
  const begun = performance.now();
  const waits = Array.from({ length: CHATS }, async (_, index) => {
    const chat = from + index;
    fake.says(chat, chat, "hello");
    await fake.until(() => fake.shown(chat).some(({ text }) => text.length > 1), `an answer in ${chat}`, 30_000);
    return performance.now() - begun;
  });
  const took = await Promise.all(waits);
  flood?.stop();
  return took;
}

async function answered({ fake }: BridgeBed, chat: number): Promise<number> {
  const begun = performance.now();
  fake.says(chat, chat, "hello");
  await fake.until(() => fake.shown(chat).some(({ text }) => text.length > 1), "an answer");
  return performance.now() - begun;
}

async function saidOver(client: Awaited<ReturnType<BridgeBed["operator"]>>, id: string): Promise<number> {
  const channel = addressOf(DEFAULT_AGENT, "channel", id);
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard = client.wire.nc.subscribe(planeFilter(channel, "log"), {
    callback: (error, message) => {
      if (error === null && message.subject.endsWith(".said")) resolve();
    },
  });
  await client.wire.nc.flush();
  const begun = performance.now();
  await client.send(channel, "hear", { text: "hello", who: { party: "telegram", id } });
  await promise;
  heard.unsubscribe();
  return performance.now() - begun;
}
