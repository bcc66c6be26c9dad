import type { Standing } from "#subjects/policy.ts";
import type { Who } from "#subjects/who.ts";
import { fitsGlob } from "./glob.ts";

/** Who is what to the agents of an installation, by globs of `party:id`. Shape: `{ owners: ["terminal:*"], users: ["telegram:4711"] }`. */
export type Roles = { readonly owners: readonly string[]; readonly users: readonly string[] };

/** What holds where nothing is said: whoever holds the keys or a token of this installation owns it. */
export const ROLE_DEFAULTS = { owners: "terminal:*, http:*", users: "none" } as const;

/** Who a setting of roles may name: parties with ids, or nobody. Shape: `terminal:*, telegram:4711`. */
export const rolesPattern = /^(?:none|\s*[a-z*]+:[^\s,]+\s*(?:,\s*[a-z*]+:[^\s,]+\s*)*)$/;

/** Parties that are programs of ours: an asterisk for the party does not mean them. */
const PROGRAMS: readonly Who["party"][] = ["agent", "system"];

/** What somebody is to an agent: an owner by the settings or by their bridge, which has owners of its own; else a user; else a guest. */
export function roleOf(who: Who, { owners, users }: Roles): Standing {
  if (owners.some((glob) => means(glob, who))) return "owner";
  if (who.role === "owner") return "owner";
  return users.some((glob) => means(glob, who)) ? "user" : (who.role ?? "guest");
}

/** Reads what the environment sets about roles. Throws: RangeError that names the variable. */
export function rolesFrom(env: Readonly<Record<string, string | undefined>>): Roles {
  const named = (variable: string, fallback: string): readonly string[] => {
    const text = env[variable] || fallback;
    if (rolesPattern.test(text)) return text === "none" ? [] : text.split(",").map((each) => each.trim());
    throw new RangeError(`${variable} is ${text}; use parties with ids such as terminal:*, telegram:4711, or none`);
  };
  return {
    owners: named("THALASSA_ROLES_OWNERS", ROLE_DEFAULTS.owners),
    users: named("THALASSA_ROLES_USERS", ROLE_DEFAULTS.users),
  };
}

function means(glob: string, { party, id }: Who): boolean {
  const colon = glob.indexOf(":");
  const meant = glob.slice(0, colon);
  return (meant === party || (meant === "*" && !PROGRAMS.includes(party))) && fitsGlob(glob.slice(colon + 1), id);
}
