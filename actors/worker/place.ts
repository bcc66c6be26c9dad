import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { environmentViewSchema, HOSTS_VIEW, hostViewSchema } from "#subjects/executor.ts";

/** An entry of a view. */
type Entry = { readonly key: string; readonly text: string };

/** What is known of where environments are: entries of `hosts` and of `environments`. */
export type PlacePort = {
  readonly hosts: () => Promise<readonly Entry[]>;
  readonly environments: (env: string) => Promise<readonly Entry[]>;
  /** How long a host is waited for, and how often it is looked for. Units: ms. */
  readonly patienceMs?: number;
  readonly pauseMs?: number;
};

const PATIENCE_MS = 60_000;
const PAUSE_MS = 1_000;

/** What is told where there is nowhere to work. */
const NOWHERE =
  "No host runs environments just now: it needs a Docker engine or bubblewrap. `thalassa doctor` says what is missing, and this job may be retried then.";

/** What is told where there is no room for so long. */
const NO_ROOM =
  "No host had room for one more environment. Retry it later, or let more of them run: executor.environments.";

/**
 * The host that an environment is to be had on: the one that has its workspace, else the one with the most room. Hosts to
 * `avoid` come last. Waits while there is none.
 */
export async function choosePlace(
  { env, avoid }: { readonly env: string; readonly avoid: readonly string[] },
  { hosts, environments, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS }: PlacePort,
  signal: AbortSignal,
): Promise<{ readonly placed: string } | { readonly unplaced: string }> {
  const until = performance.now() + patienceMs;
  while (true) {
    const known = (await hosts()).flatMap(readHost);
    const home = (await environments(env)).flatMap(readHome).at(0);
    // A workspace that is only kept takes room once it is raised.
    const isThere = home?.state !== "kept";
    const able = known.filter(({ problem }) => problem === undefined);
    const chosen = best(
      able.filter(({ host, free }) => free > 0 || (isThere && host === home?.host)),
      avoid,
      home?.host,
    );
    if (chosen !== undefined) return { placed: chosen };
    if (performance.now() > until) {
      const problems = known.flatMap(({ host, problem }) => (problem === undefined ? [] : [`${host}: ${problem}`]));
      if (able.length > 0) return { unplaced: NO_ROOM };
      return { unplaced: [NOWHERE, ...problems].join("\n") };
    }
    await delay(pauseMs, undefined, { signal });
  }
}

type Known = { readonly host: string; readonly free: number; readonly problem: string | undefined };

function best(hosts: readonly Known[], avoid: readonly string[], home: string | undefined): string | undefined {
  const rank = ({ host, free }: Known): number =>
    (avoid.includes(host) ? -1_000_000 : 0) + (host === home ? 100_000 : 0) + free;
  return hosts.toSorted((one, other) => rank(other) - rank(one)).at(0)?.host;
}

function readHost({ key, text }: Entry): readonly Known[] {
  const { success, data } = hostViewSchema.safeParse(parsed(text));
  const host = key.slice(`${HOSTS_VIEW}.main.`.length);
  return success ? [{ host, free: data.free, problem: data.problem }] : [];
}

/** The host whose workspace is still there. */
function readHome({ text }: Entry): readonly Pick<z.output<typeof environmentViewSchema>, "host" | "state">[] {
  const { success, data } = environmentViewSchema.safeParse(parsed(text));
  return success && data.state !== "gone" ? [data] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
