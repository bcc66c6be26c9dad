import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { eventually } from "#support/eventually.ts";

const MAIN = resolve("deploy/main.ts");

/** The system's own program that gives a command a terminal. */
const TERMINAL = "script";

/** A command on a terminal of its own, made by script(1). */
export class Terminal implements Disposable {
  readonly #child: ChildProcess;
  #said = "";
  #seen = 0;

  constructor(home: string, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
    const words = [process.execPath, MAIN, ...args].map((word) => `"${word}"`).join(" ");
    // The terminal that script(1) makes has no width of its own.
    const command = `stty cols 120 rows 40; exec ${words}`;
    const inTerminal =
      process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
    this.#child = spawn(TERMINAL, inTerminal, {
      env: { PATH: process.env.PATH, HOME: home, THALASSA_HOME: home, SHELL: "/bin/sh", TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (said: string) => {
      this.#said += said;
    });
  }

  get said(): string {
    return stripVTControlCharacters(this.#said);
  }

  /** Waits for a question that was not there before, and types. */
  async answer(question: RegExp, typed: string): Promise<void> {
    await eventually(
      () => this.said.slice(this.#seen),
      (said) => question.test(said),
    );
    this.#seen = this.said.length;
    this.#child.stdin?.write(typed);
  }

  async ended(): Promise<number | null> {
    await eventually(
      () => ({ code: this.#child.exitCode, said: this.said }),
      ({ code }) => code !== null,
    );
    return this.#child.exitCode;
  }

  [Symbol.dispose](): void {
    if (this.#child.exitCode === null) this.#child.kill("SIGKILL");
  }
}
