import { posix } from "node:path";
import { INSIDE } from "./engine.ts";
import { type Failed, failed } from "./failed.ts";

/** A path inside of an environment, from its workspace; or why it is not to be had. Links are looked at where the path is used. */
export function insideOf(path: string): string | Failed {
  if (path.includes("\0")) return failed("unreadable", "The path holds a zero byte; leave it out.");
  const whole = posix.resolve(INSIDE.workspace, path);
  return whole === INSIDE.workspace || whole.startsWith(`${INSIDE.workspace}/`) ? whole : outside(path);
}

/** Said of whatever is not in the workspace. */
export function outside(path: string): Failed {
  return failed("outside", `${path} is outside of ${INSIDE.workspace}; name a path within it.`);
}
