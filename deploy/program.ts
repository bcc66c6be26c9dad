import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** How a program is run. */
type RunOptions = {
  /** Killed after this long. */
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Put on top of the environment that the runner was made with. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Runs a program to its good end and gives what it printed. Throws: Error with its last words when it ends otherwise. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options: RunOptions,
) => Promise<{ readonly stdout: string }>;

/** A runner whose programs are looked up and run in the given environment, without a shell and without input. */
export function programRunner(env: NodeJS.ProcessEnv): RunProgram {
  return (command, args, { timeoutMs, cwd, env: more }) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        command,
        args,
        { cwd, env: { ...env, ...more }, timeout: timeoutMs, killSignal: "SIGKILL", windowsHide: true },
        (error, stdout, stderr) => {
          if (error === null) resolve({ stdout });
          else reject(new Error(lastWords(command, error, stderr, timeoutMs), { cause: error }));
        },
      );
      child.stdin?.end();
    });
}

/** Each program of this name on PATH, in PATH's order. */
export function programsOnPath(name: string, env: NodeJS.ProcessEnv): readonly string[] {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, process.platform === "win32" ? `${name}.exe` : name))
    .filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

type ProgramError = Error & { readonly code?: unknown; readonly killed?: boolean };

function lastWords(command: string, error: ProgramError, stderr: string, timeoutMs: number): string {
  if (error.code === "ENOENT") return isAbsolute(command) ? "it is not there" : `there is no ${command} on PATH`;
  if (error.killed === true) return `it was stopped after ${timeoutMs / 1000} s`;
  const said = stderr.trim().split("\n").at(-1)?.trim().slice(0, 300);
  if (said) return said;
  return typeof error.code === "number" ? `it ended with ${error.code}` : error.message;
}
