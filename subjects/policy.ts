import { z } from "zod";
import { textKey } from "./prompts.ts";

/** What a rule says; the later, the stricter. */
export const EFFECTS = ["allow", "ask", "deny"] as const;

/** What somebody is to an agent; whoever is not known is a guest. */
export const STANDINGS = ["owner", "user", "guest"] as const;

/**
 * What a deed does. `unknown` is code that nobody could read beforehand, and counts as `destructive` wherever that is forbidden
 * or asked about.
 */
export const DEED_CLASSES = ["read", "write", "network", "install", "destructive", "unknown"] as const;

/** Where something is done. */
export const WHEREABOUTS = ["environment", "machine"] as const;

/** Most rules in one entry. */
export const MAX_RULES = 500;

const text = z.string().min(1).max(500);
const globs = z.array(text).min(1).max(100);

/** One rule. Where it names nothing, it fits everything. Shape: `{ "effect": "deny", "paths": ["secrets/**"], "why": "not for agents" }`. */
export const ruleSchema = z.strictObject({
  effect: z.enum(EFFECTS),
  /** Who asks: all that is given must fit. Shape of users: `telegram:4711`, `http:*`. */
  who: z
    .strictObject({
      roles: z.array(z.enum(STANDINGS)).min(1).optional(),
      users: globs.optional(),
      kinds: globs.optional(),
    })
    .optional(),
  /** In an environment of a job, or on a machine that others use as well; anywhere where nothing is said. */
  where: z.enum(WHEREABOUTS).optional(),
  /** Names of tools, `*` for any characters. */
  tools: globs.optional(),
  classes: z.array(z.enum(DEED_CLASSES)).min(1).optional(),
  /** Where: from the workspace, or absolute, or from `~`; `**` for any depth, `*` and `?` within a name. */
  paths: globs.optional(),
  /** Names of hosts, `*` for any characters. */
  hosts: globs.optional(),
  why: text,
});

/** An entry of rules; their order is for people and changes nothing. */
export const policySchema = z.strictObject({ rules: z.array(ruleSchema).max(MAX_RULES) });

/** One rule. */
export type Rule = z.output<typeof ruleSchema>;

/** What a rule says. */
export type Effect = (typeof EFFECTS)[number];

/** What somebody is to an agent. */
export type Standing = (typeof STANDINGS)[number];

/** What a deed does. */
export type DeedClass = (typeof DEED_CLASSES)[number];

/** Key, in the bucket of who the agents are, of an agent's rules or of the shared ones. Shape: `main.POLICY`. */
export function policyKey(owner: string): string {
  return textKey(owner, "POLICY");
}
