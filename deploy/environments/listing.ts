import type { z } from "zod";
import type { Client } from "#runtime/mod.ts";
import {
  ENVIRONMENTS_VIEW,
  environmentViewSchema,
  executorContract,
  HOSTS_VIEW,
  hostViewSchema,
} from "#subjects/executor.ts";
import { type Address, addressOf, DEFAULT_AGENT } from "#subjects/mod.ts";

/** A host that takes environments, as it last said. */
export type ListedHost = z.output<typeof hostViewSchema> & { readonly host: string };

/** An environment, as its host last said. */
export type ListedEnvironment = z.output<typeof environmentViewSchema> & { readonly env: string };

/** What a host answers about itself now. */
export type HostAnswer = z.output<typeof executorContract.asks.list>;

/** Who has the environments of a host. */
export function executorAddress(host: string): Address {
  return addressOf(DEFAULT_AGENT, executorContract.kind, host);
}

/** All hosts that ever said something, by name. */
export async function readHosts(client: Client): Promise<readonly ListedHost[]> {
  const entries = await client.entriesOf("VIEWS", `${HOSTS_VIEW}.>`);
  return entries
    .flatMap(({ key, text }): ListedHost[] => {
      const { success, data } = hostViewSchema.safeParse(parsed(text));
      return success ? [{ host: idIn(key), ...data }] : [];
    })
    .toSorted((one, other) => one.host.localeCompare(other.host));
}

/** All environments that there are or were, the newest change first. */
export async function readEnvironments(client: Client): Promise<readonly ListedEnvironment[]> {
  const entries = await client.entriesOf("VIEWS", `${ENVIRONMENTS_VIEW}.>`);
  return entries
    .flatMap(({ key, text }): ListedEnvironment[] => {
      const { success, data } = environmentViewSchema.safeParse(parsed(text));
      return success ? [{ env: idIn(key), ...data }] : [];
    })
    .toReversed();
}

/** Asks a host how it stands. Throws: Unanswered; ZodError. */
export async function askHost(client: Client, host: string): Promise<HostAnswer> {
  return executorContract.asks.list.parse(await client.ask(executorAddress(host), "list"));
}

/** Shape of a key: `environments.main.main-w1HlNOyV3oNqr-0`. */
function idIn(key: string): string {
  return key.split(".").slice(2).join(".");
}

/** What is no JSON is no entry of ours. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
