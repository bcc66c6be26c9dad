import { countProcesses } from "#deploy/census.ts";
import { duration } from "#deploy/table.ts";
import { bridgeView } from "#deploy/telegram/poller.ts";
import { lackAndRemedy, lackHere } from "#deploy/unconfigured.ts";
import type { Client } from "#runtime/mod.ts";
import { DEAD } from "#subjects/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

const KIND = telegramContract.kind;

/** What anybody's mail to chats and the poller becomes when nobody can use it. */
const DEAD_SUBJECTS = `thalassa.*.${KIND}.*.dead.>`;

/** The bridge to Telegram is there where it was set up, nothing is in its way, and it has left nothing behind. */
export async function checkTelegram(client: Client, env: NodeJS.ProcessEnv = process.env): Promise<readonly Finding[]> {
  const { absent } = await countProcesses(client);
  const left = await checkLeft(client);
  if (!absent.includes(KIND)) return [await standing(client), ...left];
  const lack = await lackHere(KIND, client, env);
  if (lack !== undefined) return [good("telegram", `not set up: ${lackAndRemedy(KIND, lack, env)}`), ...left];
  const silent = "it is set up, and no process serves it: nobody at Telegram is answered";
  return [bad("telegram", silent, "start thalassa up anew; it says what the process dies of"), ...left];
}

async function standing(client: Client): Promise<Finding> {
  const view = await bridgeView(client);
  if (view === undefined) {
    return warn(
      "telegram",
      "Telegram has not said yet who the bot is",
      "look again in a minute; thalassa log main.telegram.poller tells what happened",
    );
  }
  const { bot, mode, problem, at } = view;
  const named = bot === undefined ? "the bot" : `@${bot}`;
  if (problem === undefined) return good("telegram", `${named} is served, by ${mode}`);
  const since = duration(Math.max(Date.now() - at, 0));
  return bad("telegram", `${named}, for ${since}: ${problem}`, "docs/telegram.md says what stands behind it");
}

/** What could not be shown or heard in chats. */
async function checkLeft({ wire }: Client): Promise<readonly Finding[]> {
  const { state } = await wire.attempt(() => wire.jsm.streams.info(DEAD, { subjects_filter: DEAD_SUBJECTS }));
  const count = Object.values(state.subjects ?? {}).reduce((sum, each) => sum + each, 0);
  if (count === 0) return [];
  return [
    warn(
      "telegram",
      `${count} ${count === 1 ? "thing" : "things"} could not be passed on or shown`,
      "thalassa dead says what and why; when that is mended, thalassa dead retry N",
    ),
  ];
}
