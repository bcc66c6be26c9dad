import { z } from "zod";
import { DEFAULT_AGENT } from "./address.ts";

/**
 * Where texts of identity lie, and which agents there are. Shape of keys: `<agent>.<text>`, `shared.<text>` for all agents,
 * `agent.<name>` for an agent's entry, `bindings`.
 */
export const PROMPTS = "PROMPTS";

/** Whose texts all agents have that have none of their own; no agent may be called so. */
export const SHARED = "shared";

/** The texts of who an agent is, in the order in which a model reads them; the prompt of its kind follows. */
export const IDENTITY_TEXTS = ["SOUL", "IDENTITY", "USER"] as const;

/** Where a text in use comes from: the agent's own, the one that all agents share, or the one that comes with Thalassa. */
export const LEVELS = ["own", "shared", "built in"] as const;

/** Longest text. Units: UTF-16 units. */
export const MAX_PROMPT = 65_536;

/** Key under which the bindings of channels to agents lie. */
export const BINDINGS_KEY = "bindings";

const AGENT_PREFIX = "agent";

const AGENT_NAME = /^[A-Za-z0-9][\w-]{0,59}$/;

/** Key of a text, of an agent's own or of the shared one. Shape: `main.SOUL`, `shared.channel`. */
export function textKey(owner: string, name: string): string {
  return `${owner}.${name}`;
}

/** Key of an agent's entry. Shape: `agent.helper`. */
export function agentKey(name: string): string {
  return `${AGENT_PREFIX}.${name}`;
}

/** Whether an agent may be called so. */
export function isAgentName(name: string): boolean {
  return AGENT_NAME.test(name) && name !== SHARED && name !== AGENT_PREFIX;
}

/** An agent's entry. Units: `createdAt` ms since 1970. */
export const agentEntrySchema = z.object({ createdAt: z.number().int(), about: z.string() });

/** What is known of an agent besides its texts. */
export type AgentEntry = z.output<typeof agentEntrySchema>;

/** Which channels belong to which agent, where a plain name is given. Shape: `[{ "pattern": "terminal-work*", "agent": "helper" }]`. */
export const bindingsSchema = z.array(
  z.object({
    pattern: z.string().regex(/^[A-Za-z0-9_=*-]{1,240}$/),
    agent: z.string().refine(isAgentName),
  }),
);

/** The bindings. */
export type Bindings = z.output<typeof bindingsSchema>;

/**
 * The agent that a channel's id is bound to: `*` in a pattern stands for any characters, and of several patterns that fit
 * the one with the most other characters counts. Undefined when none fits.
 */
export function boundAgent(bindings: Bindings, id: string): string | undefined {
  const fitting = bindings.filter(({ pattern }) => fits(pattern, id));
  return fitting.toSorted((one, other) => exactness(other.pattern) - exactness(one.pattern))[0]?.agent;
}

/** Whether an agent is there without an entry. */
export function isAlwaysThere(agent: string): boolean {
  return agent === DEFAULT_AGENT;
}

function fits(pattern: string, id: string): boolean {
  return new RegExp(`^${pattern.replace(/\*+/g, ".*")}$`).test(id);
}

function exactness(pattern: string): number {
  return pattern.replaceAll("*", "").length;
}
