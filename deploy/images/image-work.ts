import { programRunner, type RunProgram } from "#deploy/program.ts";
import { runTold } from "./told-program.ts";

/** How long one step of a build may take; fetching over a slow line takes most of it. Units: ms. */
const STEP_MS = 15 * 60_000;

/** What images are built with. */
export type ImageWork = {
  readonly env: NodeJS.ProcessEnv;
  /** Where files are put together; gigabytes, and not mounted `nodev`. */
  readonly workDir: string;
  readonly onLine: (line: string) => void;
  readonly run: RunProgram;
  /** Runs a program that takes long, and tells what it says. */
  readonly tell: (command: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<void>;
  readonly docker: {
    readonly ask: (args: readonly string[]) => Promise<string>;
    readonly tell: (args: readonly string[]) => Promise<void>;
  };
};

/** `socket` names the engine where it is not the one that the `docker` program takes by itself. */
export function imageWork(
  env: NodeJS.ProcessEnv,
  workDir: string,
  socket: string | undefined,
  onLine: (line: string) => void,
): ImageWork {
  // Any other builder may keep what it built to itself.
  const mine = { ...env, BUILDX_BUILDER: "default" };
  const run = programRunner(mine);
  const engine = socket === undefined ? [] : ["--host", `unix://${socket}`];
  const tell: ImageWork["tell"] = (command, args, other = mine) =>
    runTold(command, args, { onLine, env: other, timeoutMs: STEP_MS, cwd: workDir });
  return {
    env: mine,
    workDir,
    onLine,
    run,
    tell,
    docker: {
      ask: async (args) => (await run("docker", [...engine, ...args], { timeoutMs: 60_000 })).stdout.trim(),
      tell: (args) => tell("docker", [...engine, ...args]),
    },
  };
}
