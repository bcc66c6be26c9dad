import type { KindOffers } from "#runtime/mod.ts";
import { DEFAULT_AGENT } from "#subjects/mod.ts";
import {
  agentKey,
  BINDINGS_KEY,
  type Bindings,
  bindingsSchema,
  boundAgent,
  isAlwaysThere,
  PROMPTS,
} from "#subjects/prompts.ts";

/** Which agents there are, and whose a chat is. */
export type Agents = {
  /** Every agent that conversations are bound to, or that has said something; the one that is always there first. */
  all(): Promise<readonly string[]>;
  /** Who has which conversation just now: the agent by the name of one. Shape of a name: `telegram-4711`. */
  bindings(): Promise<(conversation: string) => string>;
};

/** The agents of the bus that a process is connected to. It may not list them: texts of theirs lie in the same bucket. */
export function agentsOn({ entriesOf, entryText }: Pick<KindOffers, "entriesOf" | "entryText">): Agents {
  const readBindings = async (): Promise<Bindings> => {
    const text = await entryText(PROMPTS, BINDINGS_KEY);
    return text === undefined ? [] : bindingsSchema.parse(JSON.parse(text));
  };
  const isThere = async (agent: string): Promise<boolean> =>
    isAlwaysThere(agent) || (await entryText(PROMPTS, agentKey(agent))) !== undefined;
  return {
    async all() {
      const bound = (await readBindings()).map(({ agent }) => agent);
      const spoken = (await entriesOf("VIEWS", "channels.*.*")).flatMap(({ key }) => key.split(".")[1] ?? []);
      const names = [...new Set([DEFAULT_AGENT, ...bound, ...spoken])];
      const there = await Promise.all(names.map(isThere));
      return names.filter((_, index) => there[index]);
    },
    async bindings() {
      const all = await readBindings();
      return (conversation) => boundAgent(all, conversation) ?? DEFAULT_AGENT;
    },
  };
}
