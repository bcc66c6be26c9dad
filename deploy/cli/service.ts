import type { Command } from "commander";
import { json, run } from "./action.ts";
import { lesson } from "./lesson.ts";

const HOME = { THALASSA_HOME: "home that the service runs on (~/.thalassa); each home has a service of its own" };

const VERBS = [
  ["status", "say whether it is installed and running (ends with 1 when it is not), and whether it starts at boot"],
  ["start", "start it now"],
  ["stop", "stop it in good order, until the next boot or start"],
  ["uninstall", "stop it and have it run no more; its data stays"],
] as const;

/** What keeps Thalassa running when no terminal is open: `service`. */
export function addService(program: Command): void {
  const service = program
    .command("service")
    .description("keep Thalassa running after the terminal closes and across reboots")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa service install", "thalassa service status", "thalassa service logs --follow"],
        variables: HOME,
        more: ["Linux: a systemd unit of yours, or with --system one of the whole system. macOS: a launchd agent."],
      }),
    );
  addInstall(service);
  for (const [verb, about] of VERBS) {
    service
      .command(verb)
      .description(about)
      .option("--system", "the unit of the whole system")
      .addOption(json())
      .addHelpText("after", lesson({ examples: [`thalassa service ${verb}`], variables: HOME }))
      .action((options) => run(options, async () => (await import("#deploy/commands/service.ts"))[verb](options)));
  }
  service
    .command("logs")
    .description("show what it said")
    .option("--system", "the unit of the whole system")
    .option("--follow", "stay, and show what comes")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa service logs --follow"], variables: HOME }))
    .action((options) => run(options, async () => (await import("#deploy/commands/service.ts")).logs(options)));
}

function addInstall(service: Command): void {
  service
    .command("install")
    .description("have systemd (Linux) or launchd (macOS) run it, from now on and at every start; again: update it")
    .option("--system", "as a unit of the whole Linux system, run as the user who owns the home; needs root")
    .option("--only <kinds>", "as of thalassa up")
    .option("--port <n>", "as of thalassa up")
    .option("--monitor-port <n>", "as of thalassa up")
    .option("--http-port <n>", "as of thalassa up")
    .option("--no-http", "as of thalassa up")
    .option("--dry-run", "only print what would be installed")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa service install", "sudo THALASSA_HOME=$HOME/.thalassa thalassa service install --system"],
        variables: { ...HOME, XDG_CONFIG_HOME: "where units of yours are kept (~/.config)" },
        more: ["Settings that this environment has are taken over; those of thalassa config hold as they are."],
      }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/service.ts")).install(options)));
}
