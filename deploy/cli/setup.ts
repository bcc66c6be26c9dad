import type { Command } from "commander";
import { json, run } from "./action.ts";
import { lesson } from "./lesson.ts";

/** The first thing to do, and the way to change one's mind: `setup`. */
export function addSetup(program: Command): void {
  program
    .command("setup")
    .description("choose home, ports, durability and processes; again, with what was chosen as the defaults")
    .option("--home <folder>", "folder for keys, data and settings")
    .option("--port <n>", "port of the bus")
    .option("--monitor-port <n>", "port of its monitoring; 0 turns it off")
    .option("--durability <word>", "what a power cut may cost: process (up to a second) or disk (nothing)")
    .option("--http", "start the HTTP bridge as well")
    .option("--no-http", "do not")
    .option("--http-port <n>", "port of the HTTP bridge")
    .option("--processes <kinds>", "how many of each kind: channel=1,…")
    .option("--service", "install it as a service at the end")
    .option("--no-service", "do not")
    .option("-y, --yes", "leave as it is what is not given here")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa setup", "thalassa setup --yes --port 4333 --durability disk"],
        variables: { THALASSA_HOME: "the home that is offered (~/.thalassa)" },
        ends: "1 as well when it was left early",
        more: ["Nothing is written before the last answer. Without a terminal, give every option or --yes."],
      }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/setup.ts")).setup(options)));
}
