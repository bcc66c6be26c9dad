import type { Command } from "commander";
import { json, run } from "./action.ts";

/** What starts, shows and checks the processes: `up`, `ps`, `doctor`. */
export function addRunning(program: Command): void {
  program
    .command("up")
    .description("start the bus and one process a kind, watch over them, and chat")
    .option("--no-chat", "only watch; do not open the chat in this terminal")
    .option("--only <kinds>", "start only these kinds, or several processes of one: channel=2,…")
    .option("--port <n>", "port of the bus on 127.0.0.1; 0 takes a free one (default: 4222)")
    .option("--monitor-port <n>", "port of its monitoring; 0 turns it off (default: port + 4000)")
    .addOption(json())
    .addHelpText("after", "\nExample:\n  thalassa up --no-chat --port 4333\n")
    .action((options) => run(options, async () => (await import("#deploy/commands/up.ts")).up(options)));

  program
    .command("ps")
    .description("show the processes on the bus: hosts, partitions, live actors, memory")
    .addOption(json())
    .addHelpText("after", "\nExample:\n  thalassa ps\n")
    .action((options) => run(options, async () => (await import("#deploy/commands/ps.ts")).ps(options)));

  program
    .command("doctor")
    .description("check everything, and say what to do about what is wrong")
    .addOption(json())
    .addHelpText("after", "\nExample:\n  thalassa doctor\n")
    .action((options) => run(options, async () => (await import("#deploy/commands/doctor.ts")).doctor(options)));
}
