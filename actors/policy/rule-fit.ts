import type { DeedClass, Rule, Standing } from "#subjects/policy.ts";
import type { Deed, World } from "./deed.ts";
import { fitsGlob, meets } from "./glob.ts";
import { absoluteGlob, covers, touches } from "./place.ts";

/** Who wants it done, and with what. */
export type Asker = {
  /** What they are to the agent; guest where nobody knows. */
  readonly role: Standing;
  /** Shape: `telegram:4711`. */
  readonly user?: string;
  /** The kind of the actor that acts for them. */
  readonly kind: string;
  readonly tool: string;
};

/** Whether a rule is about a deed: surely, or perhaps, because what the deed touches shows only when it is done. */
export type Fit = "surely" | "perhaps" | "no";

/** What a class is as well, where something is forbidden or asked about. */
const ALSO: Readonly<Partial<Record<DeedClass, readonly DeedClass[]>>> = {
  destructive: ["write"],
  unknown: ["destructive"],
};

/** Whether a rule is about what this asker may do. */
export function fitsAsker({ who, tools }: Rule, { role, user, kind, tool }: Asker): boolean {
  return (
    (tools?.some((each) => fitsName(each, tool)) ?? true) &&
    (who?.roles?.includes(role) ?? true) &&
    (who?.kinds?.some((each) => fitsName(each, kind)) ?? true) &&
    (who?.users?.some((each) => user !== undefined && fitsName(each, user)) ?? true)
  );
}

/** Whether a rule is about this deed. One that allows must be about all of it, any other about some of it. */
export function fitOf(rule: Rule, deed: Deed, world: World): Fit {
  if (rule.where !== undefined && (rule.where === "environment") !== (world.isIsolated === true)) return "no";
  const all = [fitOfClass(rule, deed), fitOfPlace(rule, deed, world), fitOfHost(rule, deed)];
  if (all.includes("no")) return "no";
  return all.includes("perhaps") ? "perhaps" : "surely";
}

function fitOfClass({ classes, effect }: Rule, deed: Deed): Fit {
  if (classes === undefined || classes.includes(deed.class)) return "surely";
  if (effect === "allow") return "no";
  if (ALSO[deed.class]?.some((each) => classes.includes(each))) return "surely";
  return deed.class === "unknown" ? "perhaps" : "no";
}

function fitOfPlace({ paths, effect }: Rule, { place }: Deed, world: World): Fit {
  if (paths === undefined) return "surely";
  if (place === undefined) return "no";
  if (place.at === undefined) return "perhaps";
  const fits = effect === "allow" ? covers : touches;
  return paths.some((glob) => fits(absoluteGlob(glob, world), place)) ? "surely" : "no";
}

function fitOfHost({ hosts, effect }: Rule, { host }: Deed): Fit {
  if (hosts === undefined) return "surely";
  if (host === undefined) return "no";
  const { name } = host;
  if (name === undefined) return "perhaps";
  // Several hosts at once: all of them must be allowed, and one of them may be forbidden.
  if (/[*?]/.test(name)) {
    if (hosts.some((each) => !each.includes("?") && fitsName(each, name))) return "surely";
    return effect !== "allow" && hosts.some((each) => meets(each.toLowerCase(), name.toLowerCase())) ? "perhaps" : "no";
  }
  return hosts.some((each) => fitsName(each, name)) ? "surely" : "no";
}

function fitsName(glob: string, name: string): boolean {
  return fitsGlob(glob.toLowerCase(), name.toLowerCase());
}
