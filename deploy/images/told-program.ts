import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How a program that takes long is run. */
export type ToldOptions = {
  /** Hears each line that it writes to either output. */
  readonly onLine: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Units: ms. */
  readonly timeoutMs: number;
  readonly cwd?: string;
};

/** Runs a program to its good end, telling what it says. Throws: Error with its last words. */
export async function runTold(command: string, args: readonly string[], options: ToldOptions): Promise<void> {
  const { env, timeoutMs, cwd } = options;
  const timed = { timeout: timeoutMs, killSignal: "SIGKILL" } as const;
  const child = spawn(command, args, { env, cwd, ...timed, stdio: ["ignore", "pipe", "pipe"] });
  await ended(command, child, [child.stdout, child.stderr], options);
}

async function ended(
  command: string,
  child: ChildProcess,
  outputs: readonly Readable[],
  { onLine, timeoutMs }: ToldOptions,
): Promise<void> {
  let last = "";
  for (const output of outputs) {
    createInterface({ input: output }).on("line", (line) => {
      if (line.trim() !== "") last = line.trim();
      onLine(line);
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else if (signal === "SIGKILL") reject(new Error(`${command} was stopped after ${timeoutMs / 1_000} s`));
      else reject(new Error(`${command} ended with ${code ?? signal}: ${last}`));
    });
  });
}
