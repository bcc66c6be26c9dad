import type { Command } from "commander";
import { json, run } from "./action.ts";

/** What is done about mail that could not be handled: `dead`. */
export function addDead(program: Command): void {
  const dead = program
    .command("dead")
    .description("show mail that could not be handled, and try it again or drop it")
    .addHelpText("after", "\nExamples:\n  thalassa dead\n  thalassa dead show 7\n  thalassa dead retry 7\n");

  dead
    .command("list", { isDefault: true })
    .description("list the dead letters")
    .addOption(json())
    .action((options) => run(options, async () => (await import("#deploy/commands/dead.ts")).listDead(options)));

  for (const [verb, about] of [
    ["show", "show a dead letter whole"],
    ["retry", "send its mail again under the same id, and remove the letter"],
    ["drop", "remove a dead letter"],
  ] as const) {
    dead
      .command(verb)
      .description(about)
      .argument("<seq>", "its number in the list")
      .addOption(json())
      .action((seq, options) =>
        run(options, async () => (await import("#deploy/commands/dead.ts")).onDead(verb, seq, options)),
      );
  }
}
