import { type Roles, roleOf } from "#actors/policy/mod.ts";
import type { Standing } from "#subjects/policy.ts";
import type { Who } from "#subjects/who.ts";
import type { PollerState } from "./state.ts";

/** By what people are let in and passed on. */
export type PollerRules = {
  /** People at Telegram who own the agents; they are told who asks to be let in. */
  readonly owners: readonly number[];
  readonly roles: Roles;
  readonly groups: "mention" | "all" | "off";
  /** Most messages a minute of one person, and of all. */
  readonly userPerMinute: number;
  readonly allPerMinute: number;
  /** Longest message that is passed on. Units: UTF-16 units. */
  readonly maxPrompt: number;
};

/** What somebody at Telegram is to the agents: whoever was let in is a user. */
export function standingOf(state: PollerState, rules: PollerRules, person: number): Standing {
  const role = Object.hasOwn(state.people, `${person}`) ? { role: "user" as const } : {};
  return roleOfWho(rules, { party: "telegram", id: `${person}`, ...role });
}

/** What somebody is to the agents, wherever they speak. */
export function roleOfWho({ owners, roles }: PollerRules, who: Who): Standing {
  const isOwner = who.party === "telegram" && owners.some((owner) => `${owner}` === who.id);
  return isOwner ? "owner" : roleOf(who, roles);
}
