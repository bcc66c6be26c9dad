import { connectAs, findBus } from "#deploy/access.ts";
import { homeRoot } from "#deploy/home.ts";
import { OPERATOR } from "#subjects/mod.ts";
import type { KeyPlace } from "./master-key.ts";
import { type ShownSecret, shownSecrets } from "./shown.ts";
import { readStored } from "./store.ts";

/** Where the master keys are: in this home and environment. `note` hears what was put right. */
export function keysHere(note?: (line: string) => void, env: NodeJS.ProcessEnv = process.env): KeyPlace {
  return { root: homeRoot(env), env, ...(note === undefined ? {} : { note }) };
}

/** The secrets of this environment, and where the bus can be asked those that it keeps; none is opened. */
export async function secretsHere(isAsked: boolean): Promise<readonly ShownSecret[]> {
  const { env } = keysHere();
  if (!isAsked) return shownSecrets([], env);
  await using operator = await connectAs(OPERATOR, findBus());
  const { entries } = await readStored(operator);
  return shownSecrets(
    [...entries].map(([name, sealed]) => ({ name, setAt: sealed?.setAt })),
    env,
  );
}
