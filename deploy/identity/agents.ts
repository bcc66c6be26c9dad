import type { KV } from "@nats-io/kv";
import { TEXT_NAMES } from "#actors/prompts/mod.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { ThalassaError } from "#deploy/errors.ts";
import type { Client } from "#runtime/mod.ts";
import { NotAllowed } from "#runtime/mod.ts";
import { DEFAULT_AGENT, OPERATOR } from "#subjects/mod.ts";
import {
  type AgentEntry,
  agentEntrySchema,
  agentKey,
  isAgentName,
  isAlwaysThere,
  PROMPTS,
  textKey,
} from "#subjects/prompts.ts";
import { changeBindings } from "./bindings.ts";
import { keysLike, openPrompts, readEntry, removeEntry, replaceEntry } from "./bucket.ts";

/** An agent that there is; `entry` is absent for the one that always is. */
export type KnownAgent = { readonly name: string; readonly entry?: AgentEntry; readonly ownTexts: readonly string[] };

/** An agent that cannot be made or meant. */
export class AgentUnusable extends ThalassaError<"agent-missing" | "agent-exists" | "agent-misnamed"> {}

/** Every agent, `main` first, the others by name. */
export async function listAgents(prompts: KV): Promise<readonly KnownAgent[]> {
  const named = (await keysLike(prompts, agentKey("*"))).map((key) => key.slice(agentKey("").length));
  return await Promise.all(
    [DEFAULT_AGENT, ...named.filter((name) => name !== DEFAULT_AGENT)].map(async (name) => {
      const { text } = await readEntry(prompts, agentKey(name));
      const { data: entry } = agentEntrySchema.safeParse(text === undefined ? undefined : JSON.parse(text));
      const keys = await keysLike(prompts, textKey(name, "*"));
      const ownTexts = TEXT_NAMES.filter((text) => keys.includes(textKey(name, text)));
      return { name, ownTexts, ...(entry === undefined ? {} : { entry }) };
    }),
  );
}

/**
 * Makes an agent with these texts of its own; what a deleted one of that name may have left is gone then.
 * Throws: AgentUnusable. After a crash: it may be there with fewer texts; `identity set` gives it the others.
 */
export async function createAgent(
  prompts: KV,
  name: string,
  entry: AgentEntry,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  checkAgentName(name);
  const { text, revision } = await readEntry(prompts, agentKey(name));
  const claims = text === undefined && !isAlwaysThere(name);
  if (!claims || !(await replaceEntry(prompts, agentKey(name), JSON.stringify(entry), revision))) {
    throw new AgentUnusable({
      code: "agent-exists",
      message: `there is an agent ${name} already`,
      hint: `choose another name, or change that one with thalassa identity edit --agent ${name} SOUL`,
    });
  }
  for (const each of TEXT_NAMES) {
    const own = texts[each];
    if (own === undefined) await removeEntry(prompts, textKey(name, each));
    else await prompts.put(textKey(name, each), own);
  }
}

/**
 * Takes an agent's bindings, texts and entry away; what it said stays in its logs. Throws: AgentUnusable.
 * After a crash: its entry goes last, so that the same again takes away what is left.
 */
export async function deleteAgent(
  prompts: KV,
  name: string,
): Promise<{ readonly texts: number; readonly bindings: number }> {
  const { text } = await readEntry(prompts, agentKey(name));
  const keys = await keysLike(prompts, textKey(name, "*"));
  if (text === undefined && keys.length === 0) throw await missing(prompts, name);
  const bindings = await changeBindings(prompts, (all) => all.filter(({ agent }) => agent !== name));
  for (const key of keys) await removeEntry(prompts, key);
  await removeEntry(prompts, agentKey(name));
  return { texts: keys.length, bindings: bindings.removed };
}

/** Throws: AgentUnusable when there is no such agent, with those there are. */
export async function requireKnown(prompts: KV, name: string): Promise<void> {
  if (isAlwaysThere(name)) return;
  checkAgentName(name);
  if ((await readEntry(prompts, agentKey(name))).text === undefined) throw await missing(prompts, name);
}

/** The same for whoever may read entries but not list them. A bus that does not know that right yet lets everybody talk. */
export async function requireAgent(client: Client, name: string): Promise<void> {
  if (isAlwaysThere(name)) return;
  checkAgentName(name);
  try {
    if ((await client.entryText(PROMPTS, agentKey(name))) !== undefined) return;
  } catch (error) {
    if (error instanceof NotAllowed) return;
    throw error;
  }
  await using operator = await connectAs(OPERATOR, findBus());
  throw await missing(await openPrompts(operator), name);
}

/** Throws: AgentUnusable when no agent can be called so. */
export function checkAgentName(name: string): void {
  if (isAgentName(name)) return;
  throw new AgentUnusable({
    code: "agent-misnamed",
    message: `${JSON.stringify(name)} cannot name an agent`,
    hint: "use up to 60 letters, digits, _ and -, beginning with a letter or digit; shared and agent are taken",
    exitCode: 2,
  });
}

async function missing(prompts: KV, name: string): Promise<AgentUnusable> {
  const names = (await listAgents(prompts)).map((agent) => agent.name);
  return new AgentUnusable({
    code: "agent-missing",
    message: `there is no agent ${name}; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`,
    hint: `make it with thalassa agents create ${name}`,
    exitCode: 2,
  });
}
