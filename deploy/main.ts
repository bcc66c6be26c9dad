import { Command, CommanderError } from "commander";
import { addAgents } from "./cli/agents.ts";
import { addCompletion } from "./cli/completion.ts";
import { addConfig } from "./cli/config.ts";
import { addDead } from "./cli/dead.ts";
import { addEnv } from "./cli/env.ts";
import { addIdentity } from "./cli/identity.ts";
import { addJobs } from "./cli/jobs.ts";
import { ENDS } from "./cli/lesson.ts";
import { addPair } from "./cli/pair.ts";
import { addPolicy } from "./cli/policy.ts";
import { addPrompt } from "./cli/prompt.ts";
import { addRunning } from "./cli/running.ts";
import { addSecret } from "./cli/secret.ts";
import { addService } from "./cli/service.ts";
import { addSetup } from "./cli/setup.ts";
import { addTalking } from "./cli/talking.ts";
import { addTimeTravel } from "./cli/time-travel.ts";
import { addToken } from "./cli/token.ts";
import { addUsage } from "./cli/usage.ts";
import { addWatching } from "./cli/watching.ts";
import { packageVersion } from "./package-version.ts";

/** The command line. Each command's code is loaded when it is chosen, so that `--help` and mistakes answer at once. */
const program = new Command("thalassa")
  .description("AI agents as durable actors on NATS.")
  .version(packageVersion(), "-V, --version", "say which version this is")
  .helpOption("-h, --help", "say how it is used")
  .helpCommand("help [command]", "say how a command is used")
  .configureHelp({ showGlobalOptions: false })
  .addHelpText("afterAll", `\n${ENDS}`)
  .exitOverride();

for (const add of [
  addSetup,
  addRunning,
  addService,
  addTalking,
  addJobs,
  addEnv,
  addWatching,
  addTimeTravel,
  addDead,
  addPair,
  addToken,
  addSecret,
  addAgents,
  addIdentity,
  addPolicy,
  addPrompt,
  addUsage,
  addConfig,
  addCompletion,
])
  add(program);

// Whoever reads us may stop reading (`| head`): that is a good end, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
