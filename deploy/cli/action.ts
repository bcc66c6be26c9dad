import { Option } from "commander";
import { tell } from "#deploy/failure.ts";

/** How long a command that is done may take to close what it had open. Units: ms. */
const LEFT_OPEN_MS = 500;

/** The option that every command has. */
export function json(): Option {
  return new Option("--json", "one JSON object a line");
}

/** Runs a command; how it ends is the exit code, and what went wrong is said in a sentence with what to do. */
export async function run(options: { readonly json?: true }, command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = tell(error, options.json === true);
  }
  // What a command left open (a socket to something that is no bus) keeps nobody waiting.
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}
