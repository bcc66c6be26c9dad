import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What only looks: `tap`, `log`. */
export function addWatching(program: Command): void {
  program
    .command("tap")
    .description("watch what happens on the bus, a line a message; never disturbs it")
    .argument("[pattern]", "an address, a kind, or a subject with wildcards", "thalassa.>")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa tap", "thalassa tap channel", "thalassa tap 'thalassa.*.*.*.log.said'"],
        variables: BUS_VARIABLES,
      }),
    )
    .action((pattern, options) =>
      run(options, async () => (await import("#deploy/commands/tap.ts")).tap(pattern, options)),
    );

  program
    .command("log")
    .description("show an actor's history")
    .argument("<address>", "an address, or the name of a channel of yours")
    .option("--from <seq>", "only from this sequence on")
    .option("--follow", "stay, and show what comes")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({ examples: ["thalassa log main.channel.terminal-default --follow"], variables: BUS_VARIABLES }),
    )
    .action((address, options) =>
      run(options, async () => (await import("#deploy/commands/log.ts")).log(address, options)),
    );
}
