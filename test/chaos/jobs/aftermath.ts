import { isDeepStrictEqual } from "node:util";
import type { Violation } from "#chaos/checks.ts";
import type { Store } from "#chaos/stored.ts";
import type { Client } from "#runtime/mod.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { executorContract, HOSTS_VIEW, hostViewSchema } from "#subjects/executor.ts";
import { JOBS_VIEW, jobViewSchema } from "#subjects/job.ts";
import { addressOf, parseAddress } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import type { JobRecord } from "./job-record.ts";
import { type Scene, tracesOf } from "./traces.ts";

/** How long what is let go may take to be gone. Units: ms. */
const GONE_MS = 60_000;

/** Kinds whose mail is empty at rest. */
export const KINDS_AT_WORK = ["worker", "executor", "cortex"] as const;

/** All mail has come to its end, and none of it was given up. */
export async function checkMail(store: Store): Promise<readonly Violation[]> {
  const look = async () => Object.entries(await store.leftovers(KINDS_AT_WORK)).filter(([, messages]) => messages > 0);
  const left = await settled(look, (seen) => seen.length === 0);
  return left.map(([stream, messages]) => ({ what: `${messages} messages are left in ${stream}` }));
}

/** Every slot was given back. */
export async function checkSlots(client: Client): Promise<readonly Violation[]> {
  const cortex = addressOf("main", cortexContract.kind, CORTEX);
  const look = async () => cortexContract.asks.slots.parse(await client.ask(cortex, "slots"));
  const { running, queued, panic } = await settled(look, (slots) => slots.running.length === 0 && slots.queued === 0);
  if (running.length === 0 && queued === 0 && panic === undefined) return [];
  return [
    { what: `slots: ${running.length} run (${running.join(", ")}), ${queued} wait, stopped: ${panic !== undefined}` },
  ];
}

/** The host knows of nothing but kept workspaces, and the machine has nothing else of it. */
export async function checkHost(client: Client, host: string, scene: Scene): Promise<readonly Violation[]> {
  const look = async () => {
    const address = addressOf("main", executorContract.kind, host);
    const list = executorContract.asks.list.parse(await client.ask(address, "list"));
    const { containers, volumes, devices, processes, doors } = await tracesOf(scene);
    const kept = list.environments.filter(({ state }) => state === "kept").map(({ env }) => env);
    const others = list.environments.filter(({ state }) => state !== "kept").map(({ env, state }) => `${env} ${state}`);
    const unknown = volumes.filter((env) => !kept.includes(env));
    const lost = kept.filter((env) => !volumes.includes(env));
    return { others, containers, devices, processes, doors, unknown, lost, problem: list.problem ?? "" };
  };
  const isClean = (seen: object): boolean => Object.values(seen).every((each: string | string[]) => each.length === 0);
  const left = await settled(look, isClean);
  return isClean(left) ? [] : [{ what: `left on the machine: ${JSON.stringify(left)}` }];
}

/** The views of jobs and of the host say what the logs say. */
export async function checkViews(
  store: Store,
  jobs: readonly JobRecord[],
  host: string,
): Promise<readonly Violation[]> {
  const look = async () => {
    const entries = await store.entries(`${JOBS_VIEW}.>`);
    const shown = jobs.map(({ address, states }) => {
      const entry = jobViewSchema.safeParse(entries.get(`${JOBS_VIEW}.main.${parseAddress(address).id}`));
      return { address, shown: entry.data?.state, state: states.at(-1) };
    });
    const room = hostViewSchema.safeParse((await store.entries(`${HOSTS_VIEW}.>`)).get(`${HOSTS_VIEW}.main.${host}`));
    return { wrong: shown.filter((each) => each.shown !== each.state), running: room.data?.running };
  };
  const seen = await settled(look, ({ wrong, running }) => wrong.length === 0 && running === 0);
  return isDeepStrictEqual(seen, { wrong: [], running: 0 }) ? [] : [{ what: `views: ${JSON.stringify(seen)}` }];
}

/** What is seen once it is as wanted, or as it was seen last. Throws: when nothing could be seen. */
export async function settled<T>(
  look: () => Promise<T>,
  wanted: (seen: T) => boolean,
  mostMs: number = GONE_MS,
): Promise<T> {
  let last: { readonly seen: T } | undefined;
  const see = async (): Promise<T> => {
    const seen = await look();
    last = { seen };
    return seen;
  };
  return await eventually(see, wanted, mostMs).catch((error: unknown) => {
    if (last === undefined) throw error;
    return last.seen;
  });
}
