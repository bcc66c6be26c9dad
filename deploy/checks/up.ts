import { readBus } from "#deploy/bus-file.ts";
import type { Home } from "#deploy/home.ts";
import { isAlive } from "#deploy/os-process.ts";
import { managerHere } from "#deploy/service/here.ts";
import type { ServiceState } from "#deploy/service/manager.ts";
import { upHolder } from "#deploy/up-holder.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Somebody watches over the processes of this home, and goes on doing so. */
export async function checkUp(home: Home, env: NodeJS.ProcessEnv = process.env): Promise<readonly Finding[]> {
  const { held, pid } = upHolder(home);
  const service = await serviceState(home, env);
  if (!held) return [unwatched(home, service)];
  if (service?.running && service.pid === pid) {
    return [good("up", `process ${pid} watches over all, as a service; starts at ${service.startsAt}`)];
  }
  const watched = good("up", `process ${pid} watches over all; not as a service`);
  if (!service?.installed) return [watched];
  return [
    watched,
    warn("up", "the service is installed too, and waits for this one", "stop it, then thalassa service start"),
  ];
}

function unwatched(home: Home, service: ServiceState | undefined): Finding {
  if (service?.installed) {
    return bad(
      "up",
      `the service does not run: ${service.state}`,
      "thalassa service start; thalassa service logs says why",
    );
  }
  const bus = readBus(home)?.pid;
  if (bus !== undefined && isAlive(bus)) {
    const left = `nobody watches over the bus (process ${bus}): a killed thalassa up left it behind`;
    return warn("up", left, "thalassa up, which takes over; thalassa service install does so after every death");
  }
  return good("up", "not up on this home; what runs elsewhere is watched over there");
}

/** How the service stands, where this system can tell. */
async function serviceState(home: Home, env: NodeJS.ProcessEnv): Promise<ServiceState | undefined> {
  try {
    return await managerHere(home, false, env).state();
  } catch {
    return undefined;
  }
}
