export { ENVIRONMENT, type World } from "./deed.ts";
export { type Answer, isByDefault, judge } from "./judge.ts";
export { deedsOfOrder } from "./ordered.ts";
export { ROLE_DEFAULTS, type Roles, roleOf, rolesFrom, rolesPattern } from "./roles.ts";
export type { Asker } from "./rule-fit.ts";
export { type HoldingRule, parseRules, rulesOf } from "./rules.ts";
export { deedsOf } from "./shell.ts";
