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
  /** The agent that the conversation of a name is bound to, as it is just now. Shape of the name: `telegram-4711`. */
  of(conversation: string): Promise<string>;
};

/** The agents of the bus that a process is connected to. It may not list them: texts of theirs lie in the same bucket. */
export function agentsOn({ entriesOf, entryText }: Pick<KindOffers, "entriesOf" | "entryText">): Agents {
  const bindings = async (): Promise<Bindings> => {
    const text = await entryText(PROMPTS, BINDINGS_KEY);
    return text === undefined ? [] : bindingsSchema.parse(JSON.parse(text));
  };
  const isThere = async (agent: string): Promise<boolean> =>
    isAlwaysThere(agent) || (await entryText(PROMPTS, agentKey(agent))) !== undefined;
  return {
    async all() {
      const bound = (await bindings()).map(({ agent }) => agent);
      const spoken = (await entriesOf("VIEWS", "channels.*.*")).flatMap(({ key }) => key.split(".")[1] ?? []);
      const names = [...new Set([DEFAULT_AGENT, ...bound, ...spoken])];
      const there = await Promise.all(names.map(isThere));
      return names.filter((_, index) => there[index]);
    },
    async of(conversation) {
      return boundAgent(await bindings(), conversation) ?? DEFAULT_AGENT;
    },
  };
}
