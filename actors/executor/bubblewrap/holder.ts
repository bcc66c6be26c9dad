import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { type Bounds, boundsSchema } from "#subjects/order.ts";
import { isAlive, killed, type OsProcess, processOf } from "./os-process.ts";
import type { Place } from "./place.ts";

const processSchema = z.object({ pid: z.number().int().positive(), start: z.number() });

/**
 * Who holds an environment: `monitor` is on this host and owns its namespaces, `init` is the first process in them.
 * Units: `since` ms since 1970.
 */
const holderSchema = z.object({
  monitor: processSchema,
  init: processSchema,
  since: z.number(),
  bounds: boundsSchema,
  /** Files by which a process comes under the bounds; none where no control group could be made. */
  groups: z.array(z.string()),
});

/** Who holds an environment. */
export type Holder = z.output<typeof holderSchema>;

/** What a holder is begun with, put down before it is. */
export type Beginning = { readonly bounds: Bounds; readonly groups: readonly string[]; readonly since: number };

const beginningSchema = holderSchema.omit({ monitor: true, init: true });

/**
 * Who holds an environment now; undefined where nobody does.
 * After a crash: one that was begun and not put down any more is found by what it said of itself.
 */
export async function holderOf(place: Place): Promise<Holder | undefined> {
  const known = holderSchema.safeParse(await readJson(place.holder)).data;
  if (known !== undefined) return (await areAlive(known)) ? known : undefined;
  return await adopted(place);
}

/** Puts down what a holder is to be begun with. */
export async function beginHolder(place: Place, beginning: Beginning): Promise<void> {
  await rm(place.info, { force: true });
  await rm(place.holder, { force: true });
  await writeWhole(`${place.info}.json`, beginning);
}

/** Has what said of itself that it holds the environment put down as its holder. Undefined where it does not, or not yet. */
export async function adopted(place: Place): Promise<Holder | undefined> {
  const [monitor, init] = await saidOf(place);
  const beginning = beginningSchema.safeParse(await readJson(`${place.info}.json`)).data;
  if (monitor === undefined || init?.parent !== monitor.pid || beginning === undefined) return undefined;
  // The number may be another's by now; nobody inside can change what this process was begun with.
  const line = await readFile(`/proc/${monitor.pid}/cmdline`, "latin1").catch(() => "");
  if (!line.includes(markOf(place))) return undefined;
  const holder = holderSchema.parse({ ...beginning, monitor, init });
  await writeWhole(place.holder, holder);
  return holder;
}

/** Ends what holds an environment, and with it all that runs inside. One that is gone is fine. */
export async function endHolder(place: Place): Promise<void> {
  const known = holderSchema.safeParse(await readJson(place.holder)).data ?? (await adopted(place));
  if (known !== undefined) {
    await killed(known.init);
    await killed(known.monitor);
  }
  for (const file of [place.holder, place.info, `${place.info}.json`]) await rm(file, { force: true });
}

/** By what a holder of an environment is known among the processes of this host. */
export function markOf({ key }: Place): string {
  return `thalassa-${key}`;
}

async function areAlive({ monitor, init }: Holder): Promise<boolean> {
  return (await isAlive(monitor)) && (await isAlive(init));
}

/** What a holder says while it begins: the number of its monitor in a line of its own, and what bubblewrap says in JSON. */
async function saidOf({ info }: Place): Promise<readonly ((OsProcess & { parent: number }) | undefined)[]> {
  const said = await readFile(info, "utf8").catch(() => "");
  const pids = [/^(\d+)\n/.exec(said)?.[1], /"child-pid": (\d+)/.exec(said)?.[1]];
  return Promise.all(pids.map((pid) => (pid === undefined ? undefined : processOf(Number(pid)))));
}

/** A file of JSON; undefined where there is none that can be read. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a file of JSON that is there whole or not at all. */
export async function writeWhole(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
