import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { addDead } from "./cli/dead.ts";
import { addRunning } from "./cli/running.ts";
import { addTalking } from "./cli/talking.ts";
import { addWatching } from "./cli/watching.ts";

/** The command line. Each command's code is loaded when it is chosen, so that `--help` and mistakes answer at once. */
const program = new Command("thalassa")
  .description("AI agents as durable actors on NATS.")
  .version(packageVersion(), "-V, --version", "say which version this is")
  .helpOption("-h, --help", "say how it is used")
  .helpCommand("help [command]", "say how a command is used")
  .configureHelp({ showGlobalOptions: false })
  .exitOverride();

for (const add of [addRunning, addTalking, addWatching, addDead]) add(program);

function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

// Whoever reads us may stop reading (`| head`): that is a good end, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
