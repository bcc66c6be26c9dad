import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What starts, shows and checks the processes: `up`, `ps`, `doctor`. */
export function addRunning(program: Command): void {
  program
    .command("up")
    .description("start the bus and one process a kind, watch over them, and chat")
    .option("--no-chat", "only watch; do not open the chat in this terminal")
    .option("--only <kinds>", "start only these kinds, or several processes of one: channel=2,http,…")
    .option("--port <n>", "port of the bus on 127.0.0.1; 0 takes a free one (default: 4222)")
    .option("--monitor-port <n>", "port of its monitoring; 0 turns it off (default: port + 4000)")
    .option("--http-port <n>", "port of the HTTP bridge on 127.0.0.1; 0 takes a free one (default: 8420)")
    .option("--no-http", "do not start the HTTP bridge")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa up", "thalassa up --no-chat --only channel=2 --port 4333"],
        settings: ["bus.port", "bus.monitor_port", "http.port", "http.on", "durability", "log"],
        variables: { ...BUS_VARIABLES, THALASSA_CACHE: "where nats-server is kept, to share it between homes" },
        more: ["What it starts with is chosen by thalassa setup and thalassa config; an option here wins over both."],
      }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/up.ts")).up(options)));

  program
    .command("ps")
    .description("show the processes on the bus: hosts, partitions, live actors, memory")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa ps", "thalassa ps --json"], variables: BUS_VARIABLES }))
    .action((options) => run(options, async () => (await import("#deploy/commands/ps.ts")).ps(options)));

  program
    .command("doctor")
    .description("check everything, and say what to do about what is wrong")
    .option("--rebuild-views", "make the read models anew from the logs, and check nothing else")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({ examples: ["thalassa doctor", "thalassa doctor --rebuild-views"], variables: BUS_VARIABLES }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/doctor.ts")).doctor(options)));
}
