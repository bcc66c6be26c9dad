import { reasonOf } from "./errors.ts";
import type { RunProgram } from "./program.ts";

const TIMEOUT_MS = 10_000;

/** Asks a nats-server which one it is. Shape: `2.15.1`. Throws: Error when it does not run or says nothing of the kind. */
export async function askVersion(path: string, run: RunProgram): Promise<string> {
  const { stdout } = await run(path, ["--version"], { timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
    throw new Error(`does not run: ${reasonOf(error)}`, { cause: error });
  });
  const version = /nats-server: v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`does not say its version, but ${JSON.stringify(stdout.slice(0, 80))}`);
  return version;
}

/** Whether a version is this one or newer. A preview of a version is older than that version. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [numbers, wanted] = [numbersOf(version), numbersOf(oldest)];
  const at = wanted.findIndex((number, index) => number !== numbers[index]);
  if (at === -1) return !version.includes("-");
  return (numbers[at] ?? 0) > (wanted[at] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return (version.split("-")[0] ?? "").split(".").map(Number);
}
