import { type Command, Option } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Where the money went: `usage`. */
export function addUsage(program: Command): void {
  program
    .command("usage")
    .description("show what an agent's thinking cost, day by day and on what, and the limits of a day")
    .option("--agent <name>", "whose (default: the one that chat talks to)")
    .option("--days <n>", "so many days of UTC, today the last (default: 7; 31 are known)")
    .addOption(new Option("--by <what>", "on what").choices(["channel", "person", "kind", "model"]).default("channel"))
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa usage", "thalassa usage --days 1 --by model"],
        variables: BUS_VARIABLES,
        more: ["Limits are settings: thalassa config list shows those that begin with budget."],
      }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/usage.ts")).usage(options)));
}
