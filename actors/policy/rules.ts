import { policyKey, policySchema, type Rule } from "#subjects/policy.ts";
import { SHARED } from "#subjects/prompts.ts";
import { BUILT_IN } from "./built-in.ts";

/** Where a rule comes from. */
export type RuleLevel = "own" | "shared" | "built in";

/** A rule that holds, and where it comes from. */
export type HoldingRule = Rule & { readonly level: RuleLevel };

/**
 * The rules that hold for an agent: the shared ones, else the built-in ones, and its own besides. `read` gives what lies under a
 * key of the bucket of who the agents are. Throws: ZodError or SyntaxError where what lies there is no policy, for then nobody
 * knows what is forbidden.
 */
export async function rulesOf(
  agent: string,
  read: (key: string) => Promise<string | undefined>,
): Promise<readonly HoldingRule[]> {
  const [shared, own] = await Promise.all([SHARED, agent].map((owner) => read(policyKey(owner))));
  const forAll = shared === undefined ? leveled(BUILT_IN, "built in") : leveled(parseRules(shared), "shared");
  return own === undefined || agent === SHARED ? forAll : [...forAll, ...leveled(parseRules(own), "own")];
}

/** Reads stored rules. Throws: ZodError or SyntaxError. */
export function parseRules(text: string): readonly Rule[] {
  return policySchema.parse(JSON.parse(text)).rules;
}

function leveled(rules: readonly Rule[], level: RuleLevel): readonly HoldingRule[] {
  return rules.map((rule) => ({ ...rule, level }));
}
