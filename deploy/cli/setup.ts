import { type Command, Option } from "commander";
import type { SetupExecutorOptions } from "#deploy/commands/setup-executor.ts";
import type { SetupTelegramOptions } from "#deploy/commands/setup-telegram.ts";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** The first thing to do, and the way to change one's mind: `setup`. */
export function addSetup(program: Command): void {
  const setup = program
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
  addExecutor(setup);
  addTelegram(setup);
}

function addExecutor(setup: Command): void {
  setup
    .command("executor")
    .description("have what environments of jobs are made of on this host, or say what root has to do for it")
    .addOption(
      new Option("--engine <engine>", "take this one, also from now on (default: setting executor.engine)").choices([
        "auto",
        "docker",
        "bubblewrap",
      ]),
    )
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa setup executor", "thalassa setup executor --engine bubblewrap"],
        variables: { THALASSA_HOME: "home of the executor (~/.thalassa)" },
        more: [
          "Of Docker it builds the image that environments are made of, which takes minutes where nothing of it is there",
          "yet; bubblewrap has no image. What is there already is left alone.",
        ],
        ends: "1 as well when no environment can be made here",
      }),
    )
    .action(async (_options, command: Command) => {
      // `--json` is read by `setup` too, wherever it stands.
      const options = command.optsWithGlobals<SetupExecutorOptions>();
      await run(options, async () => (await import("#deploy/commands/setup-executor.ts")).setupExecutor(options));
    });
}

function addTelegram(setup: Command): void {
  setup
    .command("telegram")
    .description("have a bot of Telegram talk for the agents: its token, its owners, how messages come")
    .option("--token-stdin", "read the token from standard input; it is never an argument")
    .option("--owner <id>", "who owns the agents, besides those there are; may be given several times", collect)
    .addOption(new Option("--mode <mode>", "how messages come").choices(["polling", "webhook"]))
    .option("--webhook-url <address>", "where Telegram brings them to, with https")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: [
          "thalassa setup telegram",
          "pass show our-bot | thalassa setup telegram --token-stdin --owner 4711 --mode polling",
        ],
        variables: { ...BUS_VARIABLES, TELEGRAM_BOT_TOKEN: "the token, where it is not to be asked for" },
        settings: ["telegram.api"],
        more: [
          "A bot is made by writing /newbot to @BotFather. At a terminal it asks, and an owner is named by a code",
          "that they send to the bot. Without one, the token and an owner have to be given, or be there already.",
        ],
        ends: "1 as well when it was left early",
      }),
    )
    .action(async (_options, command: Command) => {
      // `--json` is read by `setup` too, wherever it stands.
      const options = command.optsWithGlobals<SetupTelegramOptions>();
      await run(options, async () => (await import("#deploy/commands/setup-telegram.ts")).setupTelegram(options));
    });
}

function collect(id: string, before: readonly string[] = []): readonly string[] {
  return [...before, id];
}
