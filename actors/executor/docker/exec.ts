import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Exec } from "dockerode";
import { EngineError, INSIDE, INSIDE_USER } from "#actors/executor/engine.ts";
import { asked, type Daemon } from "./daemon.ts";
import { nameOf } from "./names.ts";

/** The variable by which a program and all that it began are found again inside. */
const MARK = "THALASSA_RUN";

/** A program that runs in a container, and the wire to it. */
export type Begun = { readonly exec: Exec; readonly wire: Duplex; readonly mark: string };

/** Begins a program with all three of its streams on the wire; without input it reads none. Throws: EngineError. */
export async function begin(daemon: Daemon, env: string, argv: readonly string[], input: boolean): Promise<Begun> {
  const mark = randomUUID();
  const exec = await created(daemon, env, argv, { input, output: true, mark });
  const wire = await asked("run a program", exec.start({ hijack: true, stdin: input }));
  // Whoever reads it hears of errors; one that nobody reads any more must not end the process.
  wire.on("error", () => {});
  return { exec, wire, mark };
}

/** Begins a program and leaves it alone. Resolves when it runs. Throws: EngineError. */
export async function detached(daemon: Daemon, env: string, argv: readonly string[]): Promise<void> {
  const exec = await created(daemon, env, argv, { input: false, output: false, mark: randomUUID() });
  const answer = await asked("begin a program", exec.start({ Detach: true }));
  answer.on("error", () => {});
  answer.resume();
}

/** What a program ended with. Throws: EngineError, `gone` where it went with its environment. */
export async function codeOf({ exec }: Begun): Promise<number> {
  // The wire may end a moment before Docker has taken note of the end.
  for (let wait = 5; wait < 3_000; wait *= 2) {
    const { Running, ExitCode } = await asked("look at a program", exec.inspect());
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(wait);
  }
  throw new EngineError("gone", "a program's wire ended and the program did not; its environment is going");
}

/** Kills what was begun under a mark, and all that it began. Gives up silently: it is for what nobody waits for. */
export async function killMarked(daemon: Daemon, env: string, mark: string): Promise<void> {
  const line = `grep -lszxF "${MARK}=$0" /proc/[0-9]*/environ | cut -d/ -f3 | xargs -r kill -KILL`;
  // What forks while it is looked for is met the next time round.
  const script = `for i in 1 2 3; do ${line} 2>/dev/null; done`;
  await detached(daemon, env, ["sh", "-c", script, mark]).catch(() => {});
}

type Streams = { readonly input: boolean; readonly output: boolean; readonly mark: string };

async function created({ api }: Daemon, env: string, argv: readonly string[], streams: Streams): Promise<Exec> {
  const { input, output, mark } = streams;
  const options = {
    Cmd: [...argv],
    AttachStdin: input,
    AttachStdout: output,
    AttachStderr: output,
    Tty: false,
    Privileged: false,
    User: `${INSIDE_USER.uid}:${INSIDE_USER.gid}`,
    WorkingDir: INSIDE.workspace,
    Env: [`${MARK}=${mark}`],
  };
  return await asked("run a program", api.getContainer(nameOf(env)).exec(options));
}
