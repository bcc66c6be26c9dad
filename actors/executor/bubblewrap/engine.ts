import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Engine, EnvironmentSpec, Found, Raised } from "#actors/executor/engine.ts";
import { turns } from "#actors/executor/turns.ts";
import { Connectors } from "./connecting.ts";
import { unbound } from "./control-groups.ts";
import { endHolder, type Holder, holderOf, readJson, writeWhole } from "./holder.ts";
import { hold } from "./holding.ts";
import { type BubblewrapOptions, type ResolvedBubblewrapOptions, resolveBubblewrapOptions } from "./options.ts";
import { isRoot, type Place, placeOf } from "./place.ts";
import { notes, probe } from "./probing.ts";
import { detach, run } from "./running.ts";
import { watch } from "./watching.ts";
import { removePlace } from "./workspace.ts";

const aboutSchema = z.object({ env: z.string(), wanted: z.boolean() });

/** Environments of namespaces of this host, made by bubblewrap. Nothing is asked of it before it is used. Throws: RangeError. */
export function bubblewrapEngine(options: BubblewrapOptions): Engine {
  const resolved = resolveBubblewrapOptions(options);
  const places = new Places(resolved);
  const connectors = new Connectors(resolved.connectorIdleMs);
  const placed = (env: string) => placeOf(resolved.dir, env);
  return {
    name: "bubblewrap",
    probe,
    list: () => places.list(),
    up: (spec, signal) => places.inTurn(spec.env, () => places.raise(spec, signal)),
    down: (env, { keep }) => places.inTurn(env, () => places.lower(env, keep)),
    run: (env, argv, runOptions) => run(placed(env), argv, runOptions),
    detach: (env, argv) => detach(placed(env), argv),
    connect: (env, port) => connectors.connect(placed(env), port),
    watch: (signal) => watch(resolved, places, signal),
  };
}

/** The environments in the executor's folder. What is put down there is all that is known after a restart. */
class Places {
  readonly inTurn = turns();
  readonly #options: ResolvedBubblewrapOptions;

  constructor(options: ResolvedBubblewrapOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly Found[]> {
    const found = await Promise.all((await this.#all()).map(({ place }) => foundAt(place)));
    return found.filter((each) => each !== undefined);
  }

  async raise(spec: EnvironmentSpec, signal: AbortSignal): Promise<Raised> {
    signal.throwIfAborted();
    const place = placeOf(this.#options.dir, spec.env);
    const there = await holderOf(place);
    const fresh = there === undefined && (await workspaceSince(place)) === undefined;
    const { groups } = there ?? (await this.#begin(place, spec, signal));
    await writeWhole(place.about, { env: spec.env, wanted: true });
    const imageless = `programs are this host's own; the image ${spec.image} is not used`;
    return { notes: [...(await notes(groups)), ...(spec.image === undefined ? [] : [imageless])], fresh };
  }

  async lower(env: string, keep: boolean): Promise<void> {
    const place = placeOf(this.#options.dir, env);
    if (!(await exists(place.dir))) return;
    await writeWhole(place.about, { env, wanted: false });
    await endHolder(place);
    await unbound(place.key);
    if (!keep) await removePlace(place);
  }

  async wanted(): Promise<readonly Place[]> {
    return (await this.#all()).filter(({ wanted }) => wanted).map(({ place }) => place);
  }

  async end(place: Place, isSo: () => Promise<boolean>): Promise<boolean> {
    return await this.inTurn(place.env, async () => {
      const { wanted } = aboutSchema.safeParse(await readJson(place.about)).data ?? { wanted: false };
      if (!wanted || !(await isSo())) return false;
      await this.lower(place.env, true);
      return true;
    });
  }

  async #begin(place: Place, spec: EnvironmentSpec, signal: AbortSignal): Promise<Holder> {
    await endHolder(place);
    await mkdir(place.dir, { recursive: true, mode: 0o700 });
    await writeWhole(place.about, { env: spec.env, wanted: false });
    return await hold(place, spec, join(this.#options.dir, "settings"), signal);
  }

  async #all(): Promise<readonly { readonly place: Place; readonly wanted: boolean }[]> {
    const names = await readdir(this.#options.dir).catch(() => []);
    const abouts = await Promise.all(names.map((name) => readJson(join(this.#options.dir, name, "about.json"))));
    const known = abouts.flatMap((about) => aboutSchema.safeParse(about).data ?? []);
    return known.map(({ env, wanted }) => ({ place: placeOf(this.#options.dir, env), wanted }));
  }
}

async function foundAt(place: Place): Promise<Found | undefined> {
  const { env } = place;
  const holder = await holderOf(place);
  if (holder !== undefined) return { env, state: "up", since: holder.since };
  const since = await workspaceSince(place);
  return since === undefined ? undefined : { env, state: "kept", since };
}

/** When a workspace that is kept was last written; undefined where there is none. Units: ms since 1970. */
async function workspaceSince(place: Place): Promise<number | undefined> {
  const kept = await stat(isRoot() ? place.image : place.folder).catch(() => undefined);
  return kept === undefined ? undefined : Math.round(kept.mtimeMs);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
