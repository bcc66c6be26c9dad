import { EFFECTS, type Effect, type Rule } from "#subjects/policy.ts";
import { IN_AN_ENVIRONMENT, ON_A_MACHINE, OWN_HOST, SCRATCH, type Where } from "./built-in.ts";
import type { Deed, World } from "./deed.ts";
import { covers } from "./place.ts";
import { type Asker, fitOf, fitsAsker } from "./rule-fit.ts";

/** What led to an answer: the rule, as it says why, and the part of the command that it is about. */
export type Reason = { readonly effect: Effect; readonly rule: string; readonly because: string };

/** Whether something may be done, and why. */
export type Answer = { readonly effect: Effect; readonly reasons: readonly Reason[] };

/** What is to be judged. */
export type Request = {
  readonly asker: Asker;
  /** What would be done; a tool that does nothing outside its actor has none. */
  readonly deeds: readonly Deed[];
  readonly world: World;
};

/** Most reasons an answer gives. */
const MAX_REASONS = 20;

/**
 * Whether something may be done. Every deed is judged alone: of the rules that fit it the strictest counts, and where none
 * fits, what holds by default. The strictest deed decides, so that a deed more never makes an answer laxer.
 */
export function judge({ asker, deeds, world }: Request, rules: readonly Rule[]): Answer {
  const own = rules.filter((rule) => fitsAsker(rule, asker));
  const judged = (deeds.length === 0 ? [bare(asker)] : deeds).flatMap((deed) => judgeDeed(deed, { own, asker, world }));
  const effect = strictest(judged.map((reason) => reason.effect));
  const leading = judged.filter((reason) => effect === "allow" || reason.effect !== "allow");
  const sorted = leading.toSorted((one, other) => EFFECTS.indexOf(other.effect) - EFFECTS.indexOf(one.effect));
  const byText = new Map(sorted.map((reason) => [JSON.stringify(reason), reason]));
  return { effect, reasons: [...byText.values()].slice(0, MAX_REASONS) };
}

/** The strictest of several effects. */
export function strictest(effects: readonly Effect[]): Effect {
  return effects.reduce((one, other) => (EFFECTS.indexOf(other) > EFFECTS.indexOf(one) ? other : one), "allow");
}

/** A tool that touches nothing still has to be allowed. */
function bare({ tool }: Asker): Deed {
  return { class: "read", part: tool, because: "touches neither files nor hosts" };
}

type Judging = { readonly own: readonly Rule[]; readonly asker: Asker; readonly world: World };

function judgeDeed(deed: Deed, { own, asker, world }: Judging): readonly Reason[] {
  const fitting = own.flatMap((rule) => {
    const fit = fitOf(rule, deed, world);
    if (fit === "no" || (fit === "perhaps" && rule.effect === "allow")) return [];
    // Whether a forbidden thing is meant shows only at run time: that is for a person to say.
    return [{ rule, effect: fit === "perhaps" ? ("ask" as const) : rule.effect, isSure: fit === "surely" }];
  });
  const byRules = fitting.map(({ rule, effect, isSure }) => ({
    effect,
    rule: isSure ? rule.why : `perhaps: ${rule.why}`,
    because: told(deed),
  }));
  // A rule that is only perhaps meant makes nothing laxer than it is without it.
  const all = fitting.some(({ isSure }) => isSure) ? byRules : [...byRules, byDefault(deed, asker, world)];
  const effect = strictest(all.map((each) => each.effect));
  return all.filter((each) => each.effect === effect);
}

function byDefault(deed: Deed, { role }: Asker, world: World): Reason {
  const [where, named] = whereOf(deed, world);
  const table = world.isIsolated ? IN_AN_ENVIRONMENT : ON_A_MACHINE;
  const who = world.isIsolated ? `${role} in an environment` : role;
  return {
    effect: table[role][deed.class][where],
    rule: `${DEFAULT} ${who}: ${deed.class}${named}`,
    because: told(deed),
  };
}

const DEFAULT = "default for";

/** Whether no rule led to it, but what holds where none fits: that says nothing that the deed does not. */
export function isByDefault({ rule }: Reason): boolean {
  return rule.startsWith(DEFAULT);
}

/** Where a deed is done, and how people are told. */
function whereOf({ place, host }: Deed, { workspace, isIsolated }: World): readonly [Where, string] {
  if (place !== undefined) {
    const own = [`${workspace}/**`, ...(isIsolated ? SCRATCH : [])];
    return own.some((glob) => covers(glob, place))
      ? ["inside", " in the workspace"]
      : ["outside", " outside the workspace"];
  }
  if (host === undefined) return ["inside", ""];
  const isOwn = host.name !== undefined && !host.isLetIn && OWN_HOST.test(host.name);
  return isOwn ? ["inside", " with its own machine"] : ["outside", " with another host"];
}

/** Shape: `rm -rf /: destructive at / and all below`. */
function told({ part, because, place, host, class: what }: Deed): string {
  const below = { itself: "", tree: " and all below", below: ", below it" };
  const at =
    place &&
    (place.at === undefined ? " somewhere that shows only at run time" : ` at ${place.at}${below[place.reach]}`);
  const to = host && ` with ${host.name ?? "a host that shows only at run time"}`;
  return `${part}: ${what}${at ?? ""}${to ?? ""}${because === undefined ? "" : ` (${because})`}`;
}
