import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What a model is told: `prompt`. */
export function addPrompt(program: Command): void {
  program
    .command("prompt")
    .description("show what a model is given next: who it is, where each text comes from, and how much was said")
    .argument("<address>", "an address, or the name of a channel of yours")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa prompt default"], variables: BUS_VARIABLES }))
    .action((address, options) =>
      run(options, async () => (await import("#deploy/commands/prompt.ts")).prompt(address, options)),
    );
}
