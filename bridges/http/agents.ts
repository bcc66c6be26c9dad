import { type Address, parseAddress } from "#subjects/mod.ts";
import { agentKey, isAlwaysThere, PROMPTS } from "#subjects/prompts.ts";
import type { Bridge } from "./bridge.ts";
import { onBus } from "./deadline.ts";
import { Problem } from "./problem.ts";

/** Looks whether somebody has made the agent of a channel, before anything is said to it. Throws: Problem. */
export async function requireAgent({ client }: Pick<Bridge, "client">, address: Address): Promise<void> {
  const { agent } = parseAddress(address);
  if (isAlwaysThere(agent)) return;
  const look = (signal: AbortSignal) => client.entry(PROMPTS, agentKey(agent), signal);
  if ((await onBus(look, "whether there is such an agent cannot be told")) !== undefined) return;
  throw new Problem("no-agent", `There is no agent ${agent}.`);
}
