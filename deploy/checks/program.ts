import { existsSync } from "node:fs";
import type { Home } from "#deploy/home.ts";
import { cachedServerPath } from "#deploy/nats-cache.ts";
import { NATS_SERVER_VERSION } from "#deploy/nats-release.ts";
import { carriedNode } from "#deploy/node-carrier.ts";
import { programsOnPath } from "#deploy/program.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Older ones do not run what is here. */
const OLDEST_NODE = 24;

/** The Node that runs us is new enough, and the one that came along is the one that was pinned. */
export function checkNode(): readonly Finding[] {
  const running = process.versions.node;
  if (Number.parseInt(running, 10) < OLDEST_NODE) {
    return [bad("node", `this is Node ${running}, and ${OLDEST_NODE} is needed`, "start thalassa by its own launcher")];
  }
  const carried = carriedNode();
  if (carried === undefined) return [good("node", `Node ${running} of this host; none came along for this platform`)];
  if (carried.version !== carried.pinned) {
    const differs = `the Node that came along is ${carried.version}, and ${carried.pinned} was pinned`;
    return [warn("node", differs, "run npm ci, then thalassa service install again where it is a service")];
  }
  const whose = carried.path === process.execPath ? "that came along" : `of this host; ${carried.version} came along`;
  return [good("node", `Node ${running} ${whose}, for ${process.platform}-${process.arch}`)];
}

/** The next start has a nats-server at hand. */
export function checkCache(home: Home, env: NodeJS.ProcessEnv): readonly Finding[] {
  if (env.THALASSA_NATS_URL?.trim()) return [good("cache", "no nats-server needed: THALASSA_NATS_URL names one")];
  const cached = cachedServerPath(home.cacheDir);
  if (existsSync(cached)) return [good("cache", `nats-server ${NATS_SERVER_VERSION} in ${home.cacheDir}`)];
  const [onPath] = programsOnPath("nats-server", env);
  if (onPath !== undefined) return [good("cache", `nats-server on PATH: ${onPath}`)];
  const absent = `no nats-server on PATH and none in ${home.cacheDir}`;
  return [warn("cache", absent, "the next thalassa up fetches one, which takes a network")];
}
