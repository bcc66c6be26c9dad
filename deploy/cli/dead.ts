import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What is done about mail that could not be handled: `dead`. */
export function addDead(program: Command): void {
  const dead = program
    .command("dead")
    .description("show mail that could not be handled, and try it again or drop it")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa dead", "thalassa dead show 7", "thalassa dead retry 7"],
        variables: BUS_VARIABLES,
      }),
    );

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
      .addHelpText("after", lesson({ examples: [`thalassa dead ${verb} 7`] }))
      .action((seq, options) =>
        run(options, async () => (await import("#deploy/commands/dead.ts")).onDead(verb, seq, options)),
      );
  }
}
