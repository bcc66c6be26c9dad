import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Where jobs work: `env`. */
export function addEnv(program: Command): void {
  const env = program
    .command("env")
    .description("the environments in which jobs work: list them, look at one, let one go")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa env list", "thalassa env logs main-wV1St"],
        more: ["An environment is named by its name or the beginning of it, or by the id of its job."],
        variables: BUS_VARIABLES,
      }),
    );
  addLooking(env);
  addEnding(env);
}

function addLooking(env: Command): void {
  env
    .command("list")
    .description("list environments that are there, and workspaces that are kept")
    .option("--all", "those that are gone too")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa env list --all"] }))
    .action((options) => run(options, async () => (await code()).list(options)));

  of(env.command("show"))
    .description("show how an environment stands, what runs in it, and where its previews are")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa env show main-wV1St"] }))
    .action((name, options) => run(options, async () => (await code()).show(name, options)));

  of(env.command("logs"))
    .description("tell what ran in an environment: commands, exit codes, how long each took")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa env logs main-wV1St"] }))
    .action((name, options) => run(options, async () => (await code()).logs(name, options)));
}

function addEnding(env: Command): void {
  of(env.command("down"))
    .description("let an environment go, by aborting the job that works in it; its workspace is kept for a while")
    .option("--why <reason>", "told to whoever waits for the job", "its environment was let go")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa env down main-wV1St"] }))
    .action((name, options) => run(options, async () => (await code()).down(name, options)));

  env
    .command("prune")
    .description("have every host let go and throw away now what its rules say, as each does by itself every hour")
    .option("--dry-run", "only say what that would be, and by which rule")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa env prune --dry-run"] }))
    .action((options) => run(options, async () => (await code()).prune(options)));
}

function of(command: Command): Command {
  return command.argument("<env>", "its name or the beginning of it, or the id of its job");
}

function code(): Promise<typeof import("#deploy/commands/env.ts")> {
  return import("#deploy/commands/env.ts");
}
