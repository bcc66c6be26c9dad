import { MASK } from "#deploy/settings/shown.ts";
import { duration } from "#deploy/table.ts";
import { KINDS } from "#subjects/mod.ts";
import { KEY_VARIABLE } from "./master-key.ts";
import { isNeeded, isNeededBy } from "./names.ts";
import type { SecretUnusable } from "./unusable.ts";
import type { Vault } from "./vault.ts";

/** A secret is to be renewed after so long. Units: ms. */
export const OVERDUE_MS = 90 * 24 * 60 * 60_000;

/** A secret as anybody may see it. Units: `setAt` ms since 1970, `ageMs`. */
export type ShownSecret = {
  readonly name: string;
  /** Who gives it to the processes that need it. */
  readonly source: "environment" | "shared";
  /** Whether there is one on the bus that the environment hides. */
  readonly hides: boolean;
  readonly setAt: number | undefined;
  readonly ageMs: number | undefined;
  readonly overdue: boolean;
  /** Kinds whose processes get it. */
  readonly kinds: readonly string[];
  /** Why it does not open. */
  readonly problem?: string;
};

/** The master key as anybody may see it. */
export type ShownMaster = {
  readonly keyId: string;
  readonly from: string;
  readonly ageMs: number;
  readonly overdue: boolean;
};

/** Every secret there is, on the bus and in the environment, by name. */
export function shownSecrets(
  secrets: readonly { readonly name: string; readonly setAt: number | undefined; readonly problem?: SecretUnusable }[],
  env: NodeJS.ProcessEnv,
): readonly ShownSecret[] {
  const stored = secrets.map((secret): ShownSecret => {
    const { name, setAt, problem } = secret;
    const ageMs = setAt === undefined ? undefined : Math.max(Date.now() - setAt, 0);
    return {
      ...bareSecret(name, env),
      hides: Boolean(env[name]),
      setAt,
      ageMs,
      overdue: ageMs !== undefined && ageMs > OVERDUE_MS,
      ...(problem === undefined ? {} : { problem: problem.message }),
    };
  });
  const others = Object.keys(env).filter((name) => env[name] && isNeeded(name));
  const here = others.filter((name) => !stored.some((each) => each.name === name)).map((name) => bareSecret(name, env));
  return [...stored, ...here].toSorted((one, other) => one.name.localeCompare(other.name));
}

function bareSecret(name: string, env: NodeJS.ProcessEnv): ShownSecret {
  const kinds = KINDS.map(({ kind }) => kind).filter((kind) => isNeededBy(kind, name));
  const source = env[name] ? "environment" : "shared";
  return { name, source, hides: false, setAt: undefined, ageMs: undefined, overdue: false, kinds };
}

/** The key that seals, and how old it is; nothing where nothing was ever sealed. */
export function shownMaster({ stored, keyring }: Vault): ShownMaster | undefined {
  const { master } = stored;
  if (master === undefined) return undefined;
  const isHere = keyring.keys.some(({ id }) => id === master.key);
  const from = keyring.given?.id === master.key ? KEY_VARIABLE : isHere ? keyring.path : "another host";
  const ageMs = Math.max(Date.now() - master.since, 0);
  return { keyId: master.key, from, ageMs, overdue: ageMs > OVERDUE_MS };
}

/** Heads of the list's columns. */
export const SECRET_TITLES = ["SECRET", "SET", "AGE", "FROM", "GIVEN TO", ""] as const;

/** A line of the list. */
export function secretRow(secret: ShownSecret): readonly string[] {
  const { name, setAt, ageMs, kinds, overdue, problem } = secret;
  const remarks = [...(problem === undefined ? [] : ["does not open"]), ...(overdue ? ["overdue: renew it"] : [])];
  return [
    name,
    setAt === undefined ? "" : new Date(setAt).toISOString().slice(0, 10),
    ageMs === undefined ? "" : duration(ageMs),
    placeOf(secret),
    kinds.join(", ") || "nobody",
    remarks.join("; "),
  ];
}

/** A line among the settings. */
export function secretSettingRow(secret: ShownSecret): readonly string[] {
  const { name, source, hides } = secret;
  return [name, MASK, source === "environment" ? name : ON_BUS, hides ? `${MASK} (${ON_BUS})` : ""];
}

/** The same as JSON, as settings have it. */
export function secretSettingJson({ name, source, hides }: ShownSecret): string {
  return JSON.stringify({
    key: name,
    value: MASK,
    source,
    where: source === "environment" ? name : ON_BUS,
    hides: hides ? [{ value: MASK, source: "shared", where: ON_BUS }] : [],
    secret: true,
  });
}

const ON_BUS = "SECRETS on the bus";

function placeOf({ source, hides }: ShownSecret): string {
  return source === "shared" ? "bus" : hides ? "environment, not the bus" : "environment";
}
