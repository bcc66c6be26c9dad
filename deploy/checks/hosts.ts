import { askHost, type ListedHost, readHosts } from "#deploy/environments/listing.ts";
import { reasonOf } from "#deploy/errors.ts";
import { duration } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { type Finding, good, warn } from "./finding.ts";

/** Every host that takes environments answers, and says how much room it has. */
export async function checkHosts(client: Client): Promise<readonly Finding[]> {
  const hosts = await readHosts(client);
  if (hosts.length === 0) {
    const message = "no host has said that it takes environments; jobs wait for one";
    return [warn("hosts", message, "thalassa up starts an executor, unless processes.executor is 0")];
  }
  return (await Promise.all(hosts.map((host) => checkHost(client, host)))).flat();
}

async function checkHost(client: Client, { host, at }: ListedHost): Promise<readonly Finding[]> {
  try {
    const { engine, problem, environments } = await askHost(client, host);
    if (problem !== undefined) {
      return [warn("hosts", `${host} takes no environments: ${problem}`, "thalassa setup executor, on that host")];
    }
    const up = environments.filter(({ state }) => state !== "kept").length;
    return [good("hosts", `${host}: ${engine}, ${up} environments, ${environments.length - up} workspaces kept`)];
  } catch (error) {
    const ago = duration(Math.max(0, Date.now() - at));
    const message = `${host} does not answer, and last said something ${ago} ago: ${reasonOf(error)}`;
    return [warn("hosts", message, "start thalassa up there; jobs whose environment is there wait for it")];
  }
}
