import { setTimeout as delay } from "node:timers/promises";
import { Chance } from "#chaos/chance.ts";
import { checkChains, checkTold, type Logs, type Violation } from "#chaos/checks.ts";
import { Store } from "#chaos/stored.ts";
import { Tap } from "#chaos/tap.ts";
import { connectAs } from "#deploy/access.ts";
import { OPERATOR } from "#subjects/kinds.ts";
import { addressOf, DEFAULT_AGENT } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { POLLER, telegramContract } from "#subjects/telegram.ts";
import { startServer } from "#support/server.ts";
import { FakeTelegram } from "#support/telegram/fake-api.ts";
import { type Cast, Crew } from "./crew.ts";
import { Crowd } from "./crowd.ts";
import { checkHeard, checkTakenIn } from "./heard-checks.ts";
import type { TelegramChaosOptions } from "./options.ts";
import { checkRest, checkStates, logsOf } from "./rest-checks.ts";
import { checkShown, type RoomCheck } from "./shown-checks.ts";
import { Troubles } from "./troubles.ts";

/** Within a round messages are written, and then something is broken. Units: ms. */
const ROUND_MS = { writing: 600, fault: { from: 200, to: 1_200 }, rest: 700 } as const;

/** Somebody who owns the agents and does not write. */
const OWNER = 4711;

const POLLER_ADDRESS = addressOf(DEFAULT_AGENT, telegramContract.kind, POLLER);

/** Everything that a run did and saw. Units: ms. */
export type TelegramOutcome = {
  readonly options: TelegramChaosOptions;
  readonly crew: Crew;
  readonly crowd: Crowd;
  readonly troubles: Troubles;
  readonly fake: FakeTelegram;
  readonly logs: Logs;
  readonly shown: RoomCheck;
  readonly violations: readonly Violation[];
  readonly restMs: number;
  readonly tookMs: number;
};

/** Has people write to a bot while the bridge, its server and Telegram fail, then checks what came of it. */
export async function runTelegramChaos(options: TelegramChaosOptions): Promise<TelegramOutcome> {
  const startedAt = performance.now();
  const chance = new Chance(options.seed);
  await using server = await startServer();
  await using fake = await FakeTelegram.start({ seed: options.seed });
  const { faults, longestStopMs } = options;
  await using crew = await Crew.gather({ server, chance, cast: castBefore(fake), faults, longestStopMs });
  const tap = await Tap.open(server);
  await using operator = await connectAs(OPERATOR, server);
  await operator.send(POLLER_ADDRESS, "open", {});
  const crowd = new Crowd(fake, chance, options);
  const troubles = new Troubles(fake, chance, options.hangs);
  await rage(options, chance, crew, crowd, troubles);
  await crew.calm();
  troubles.end();
  const calmAt = performance.now();
  const store = await Store.over(await server.connect(OPERATOR));
  const left = await checkRest(store, fake);
  const restMs = performance.now() - calmAt;
  await tap.flush();
  const logs = await logsOf(store);
  const { telegram = [], channel = [] } = logs;
  const shown = checkShown(fake, channel, crowd.written, crowd.rooms, crew.faults);
  const violations = [
    ...left,
    ...checkTakenIn(
      telegram.filter(({ address }) => address === POLLER_ADDRESS),
      crowd.written,
    ),
    ...checkHeard(channel, crowd.written),
    ...shown.violations,
    ...fake.violations.map((what) => ({ what: `Telegram was told nonsense: ${what}` })),
    ...Object.entries(logs).flatMap(([kind, all]) => [...checkChains(all), ...checkTold(kind, all, tap)]),
    ...tap.dead.map((subject) => ({ what: `a dead letter: ${subject}` })),
    ...(await checkStates(store, "live")),
  ];
  const before = JSON.stringify(crowd.rooms.map(({ chat }) => fake.shown(chat)));
  await crew.startAfresh();
  violations.push(...(await checkStates(store, "read back")), ...troublesOf(crew));
  if (JSON.stringify(crowd.rooms.map(({ chat }) => fake.shown(chat))) !== before)
    violations.push({ what: "what is shown changed when all was read back" });
  const tookMs = performance.now() - startedAt;
  return { options, crew, crowd, troubles, fake, logs, shown, violations, restMs, tookMs };
}

/** Rounds of a few messages, a few calls that go wrong and one fault, until there were enough of each. */
async function rage(
  options: TelegramChaosOptions,
  chance: Chance,
  crew: Crew,
  crowd: Crowd,
  troubles: Troubles,
): Promise<void> {
  const { messages, faults, troubles: wanted } = options;
  while (crowd.written.length < messages || crew.struck < faults) {
    const share = Math.min(1, (crew.struck + 1) / faults);
    for (let left = Math.ceil(wanted * share) - troubles.asked; left > 0; left--) troubles.cause();
    const due = Math.ceil(messages * share) - crowd.written.length;
    for (let left = due; left > 0; left--) {
      await delay(chance.between(0, Math.ceil((2 * ROUND_MS.writing) / due)));
      crowd.write();
    }
    await delay(chance.between(ROUND_MS.fault.from, ROUND_MS.fault.to));
    if (crew.struck < faults) await crew.strike();
    await delay(chance.between(0, ROUND_MS.rest));
  }
}

/** Actors leave memory soon, so that they come back from snapshots; nobody is turned away; words take their time. */
function castBefore(fake: FakeTelegram): Cast {
  const common = { THALASSA_IDLE_MS: "2000" };
  return {
    channel: {
      main: "actors/channel/main.ts",
      env: {
        ...common,
        THALASSA_MODELS: "offline",
        THALASSA_OFFLINE_DELAY_MS: "20-1500",
        THALASSA_OFFLINE_PACE_MS: "80",
      },
    },
    telegram: {
      main: "bridges/telegram/main.ts",
      env: {
        ...common,
        THALASSA_API_PREFIX: apiPrefix("EDGE"),
        TELEGRAM_BOT_TOKEN: fake.token,
        THALASSA_TELEGRAM_API: fake.url,
        THALASSA_TELEGRAM_OWNERS: `${OWNER}`,
        THALASSA_ROLES_USERS: "telegram:*",
        THALASSA_TELEGRAM_USER_PER_MINUTE: "1000000",
        THALASSA_TELEGRAM_ALL_PER_MINUTE: "1000000",
      },
    },
  };
}

/** A process never meets what it did not expect, and never breaks. */
function troublesOf(crew: Crew): readonly Violation[] {
  const errors = crew.lines.filter(({ level, event }) => level >= 50 && event !== "failed");
  return [
    ...errors.map((line) => ({ what: `a process was in trouble: ${JSON.stringify(line)}` })),
    ...crew.garbled.map((line) => ({ what: `a process broke: ${line}` })),
  ];
}
