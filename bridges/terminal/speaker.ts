import { userInfo } from "node:os";
import type { Who } from "#subjects/mod.ts";

/** Who speaks at this terminal: the login of the operating system. */
export function speakerHere(env: NodeJS.ProcessEnv = process.env): Who {
  return { party: "terminal", id: loginName(env).slice(0, 200) };
}

function loginName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username || "someone";
  } catch {
    // A container may run under a number that has no name.
    return env.USER || env.LOGNAME || "someone";
  }
}
