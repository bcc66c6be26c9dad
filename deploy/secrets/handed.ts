import { explain } from "#deploy/failure.ts";
import type { Client } from "#runtime/mod.ts";
import { secretValues } from "#subjects/scrub.ts";
import type { KeyPlace } from "./master-key.ts";
import { isNeeded, isNeededBy } from "./names.ts";
import { openVault, problemsIn, type Unsealed } from "./vault.ts";

/** What processes are to be given, and what of it could not be had. */
export type Handing = {
  /** The variables of a kind's processes. */
  readonly variablesOf: (kind: string) => Readonly<Record<string, string>>;
  /** Every value that is secret here, so that it is told to nobody. */
  readonly values: readonly string[];
  /** Secrets that a kind needs and that do not open; it is started without them. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly hint?: string }[];
};

/**
 * Opens what the processes of those kinds need: what the environment has wins over what lies on the bus, which is then
 * not even opened. Needs the operator's connection.
 */
export async function handSecrets(kinds: readonly string[], client: Client, place: KeyPlace): Promise<Handing> {
  const { env } = place;
  const { sealed, problems } = await needed(kinds, client, place);
  const open = sealed.filter((secret) => secret.type === "open").map(({ name, value }) => [name, value] as const);
  const here = Object.entries(env).flatMap(([name, value]) =>
    value && isNeeded(name) ? [[name, value] as const] : [],
  );
  const winning = new Map([...open, ...here]);
  return {
    variablesOf: (kind) => Object.fromEntries([...winning].filter(([name]) => isNeededBy(kind, name))),
    values: [...secretValues(env), ...winning.values()],
    problems,
  };
}

async function needed(
  kinds: readonly string[],
  client: Client,
  place: KeyPlace,
): Promise<{ readonly sealed: readonly Unsealed[]; readonly problems: Handing["problems"] }> {
  const isWanted = (name: string): boolean => !place.env[name] && kinds.some((kind) => isNeededBy(kind, name));
  try {
    const { secrets: sealed } = await openVault(client, place, isWanted);
    return { sealed, problems: problemsIn(sealed).map(explain) };
  } catch (error) {
    // The bus has to run for anybody to mend this.
    return { sealed: [], problems: [explain(error)] };
  }
}
