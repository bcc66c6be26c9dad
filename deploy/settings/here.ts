import { reasonOf, ThalassaError } from "#deploy/errors.ts";
import { homeRoot } from "#deploy/home.ts";
import type { Client } from "#runtime/mod.ts";
import { readSettingsFile } from "./file.ts";
import { type Sources, settingOf, variablesForKinds } from "./resolve.ts";
import { readShared } from "./shared.ts";

/** What is said here of the settings: by this environment, this home, and the bus that a client is connected to. */
export async function settingsHere(
  client: Client,
  agents: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Sources> {
  const entries = await readShared(client, agents);
  return { env, file: readSettingsFile(homeRoot(env)), shared: { type: "asked", entries } };
}

/** The variables by which the processes of the kinds get their settings. Throws: SettingUnusable. */
export async function kindVariables(
  operator: Client,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Readonly<Record<string, string>>> {
  return variablesForKinds(await settingsHere(operator, [], env));
}

/** Which conversation a chat opens where the command does not say. */
export async function chatSettings(
  client: Client,
  typed: { readonly agent?: string; readonly channel?: string } = {},
): Promise<{ readonly agent: string; readonly channel: string }> {
  const { agent: typedAgent, channel: typedChannel } = typed;
  if (typedAgent !== undefined && typedChannel !== undefined) return { agent: typedAgent, channel: typedChannel };
  const agent = typedAgent ?? settingOf("chat.agent", await asFarAsAnswered(client, []));
  const channel = typedChannel ?? settingOf("chat.channel", await asFarAsAnswered(client, [agent]), agent);
  return { agent, channel };
}

/** A bus that does not know this right of ours yet keeps nobody from talking. */
async function asFarAsAnswered(client: Client, agents: readonly string[], env = process.env): Promise<Sources> {
  try {
    return await settingsHere(client, agents, env);
  } catch (error) {
    if (error instanceof ThalassaError) throw error;
    return { env, file: readSettingsFile(homeRoot(env)), shared: { type: "unasked", why: reasonOf(error) } };
  }
}
