import { setTimeout as delay } from "node:timers/promises";
import { commandName } from "#deploy/up-settings.ts";
import type { Client } from "#runtime/mod.ts";
import { HOSTS_VIEW, hostViewSchema } from "#subjects/executor.ts";
import { DEFAULT_AGENT } from "#subjects/mod.ts";
import type { EngineHere } from "./looking.ts";

/** How long a host that was just started has to look at its engine. Units: ms. */
const LOOK_MS = 5_000;

/** Pause between two looks at what it says. Units: ms. */
const PAUSE_MS = 250;

/** Why no environment can be made, where none can. */
export function whyNoEnvironments(looked: readonly EngineHere[]): string | undefined {
  if (looked.some(({ problem }) => problem === undefined)) return undefined;
  return looked.map(({ engine, problem }) => `${engine}: ${problem}`).join("; ");
}

/** What a person is told of it. */
export function noEnvironmentsYet(why: string, env: NodeJS.ProcessEnv = process.env): string {
  return `jobs have no environments on this host yet: ${commandName(env)} setup executor (${why})`;
}

/** Why a host that was started since then makes no environments; nothing where it makes some, or says nothing in time. */
export async function problemOfHost(client: Client, host: string, since: number): Promise<string | undefined> {
  const until = performance.now() + LOOK_MS;
  while (true) {
    const entry = await client.entry("VIEWS", `${HOSTS_VIEW}.${DEFAULT_AGENT}.${host}`);
    const { success, data } = hostViewSchema.safeParse(entry);
    // What it said before it was started it says no more where that has changed.
    if (success && data.at >= since) return data.problem;
    if (performance.now() > until) return success ? data.problem : undefined;
    await delay(PAUSE_MS);
  }
}
