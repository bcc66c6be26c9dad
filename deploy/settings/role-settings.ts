import { ROLE_DEFAULTS, rolesPattern } from "#actors/policy/mod.ts";
import { type Setting, textLike } from "./setting.ts";

const PARTIES = {
  ...textLike(rolesPattern, "parties with ids such as `terminal:*, telegram:4711`, or none"),
  scope: "shared",
  takesEffect: "when `up` is started anew",
  handedOn: true,
} as const;

/** Who is what to the agents. */
export const ROLE_SETTINGS: Readonly<Record<"roles.owners" | "roles.users", Setting<string>>> = {
  "roles.owners": {
    ...PARTIES,
    about: "who owns the agents: may allow what a rule asks about, and stop everything; `*` for any characters",
    default: ROLE_DEFAULTS.owners,
  },
  "roles.users": {
    ...PARTIES,
    about: "who may use the agents; whoever is in neither list is a guest, and may do nothing by default",
    default: ROLE_DEFAULTS.users,
  },
};
