import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EngineError } from "#actors/executor/engine.ts";

const execute = promisify(execFile);

/** Programs of the system's own are found even where the executor was begun without its folders. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How long a program of this host may take. Units: ms. */
const MOST_MS = 60_000;

/** Runs a program of this host to its good end, and gives what it printed. Throws: EngineError with its last words. */
export async function command(name: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(name, args, { env: { PATH, LC_ALL: "C" }, timeout: MOST_MS });
    return stdout;
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? `${cause.stderr}`.trim().split("\n").at(-1) : "";
    const why = said || (cause instanceof Error ? cause.message : `${cause}`);
    throw new EngineError("engine", `${name} failed on this host: ${why}`, { cause });
  }
}
