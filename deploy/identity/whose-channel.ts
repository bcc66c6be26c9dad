import { chatSettings } from "#deploy/settings/here.ts";
import type { Client } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import { type Address, isAddress, parseAddress, resolveChannel } from "#subjects/mod.ts";
import { boundAgent } from "#subjects/prompts.ts";
import { requireAgent } from "./agents.ts";
import { bindingsFor } from "./bindings.ts";

/**
 * The channel that a person at a terminal means: an address is used as it is; a plain name is theirs with the agent that
 * was typed, else with the one it is bound to, else with the one of setting `chat.agent`. Throws: BadToken.
 */
export async function channelMeant(client: Client, name: string, typedAgent?: string): Promise<Address> {
  const address = resolveChannel(name, terminalContract.client, typedAgent);
  if (isAddress(name) || typedAgent !== undefined) return address;
  const { id } = parseAddress(address);
  const agent = boundAgent(await bindingsFor(client), id) ?? (await chatSettings(client, { channel: name })).agent;
  return resolveChannel(name, terminalContract.client, agent);
}

/** The same for whoever wants to say something there. Throws: AgentUnusable when there is no such agent. */
export async function channelToTalkIn(client: Client, name: string, typedAgent?: string): Promise<Address> {
  const address = await channelMeant(client, name, typedAgent);
  await requireAgent(client, parseAddress(address).agent);
  return address;
}
