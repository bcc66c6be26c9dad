import type { Command } from "commander";
import { json, run } from "./action.ts";
import { lesson } from "./lesson.ts";

/** What people may choose: `config`. */
export function addConfig(program: Command): void {
  const config = program
    .command("config")
    .description("show and change settings: what holds, who says so, and what that hides")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa config", "thalassa config get log", "thalassa config set log debug"],
        more: [
          "A setting is taken from the environment, else from SETTINGS on the bus (for every host),",
          "else from thalassa.toml in the home, else its default. An agent's own comes before what holds for all.",
        ],
      }),
    );
  addReading(config);
  addWriting(config);
}

function addReading(config: Command): void {
  config
    .command("list", { isDefault: true })
    .description("list every setting")
    .option("--agent <agent>", "as this agent has them")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).listSettings(options)));

  config
    .command("get")
    .description("print what holds for one, and on standard error why")
    .argument("<key>", "a setting, as config lists it")
    .option("--agent <agent>", "as this agent has it")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa config get chat.channel --agent main"] }))
    .action((key, options) => run(options, async () => (await code()).getSetting(key, options)));

  config
    .command("path")
    .description("say where thalassa.toml is")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).settingsFilePath(options)));
}

function addWriting(config: Command): void {
  config
    .command("set")
    .description("set one: for every host, or in thalassa.toml what is this host's own")
    .argument("<key>", "a setting, as config lists it")
    .argument("<value>", "its value, or env:NAME for what that variable says where it is read")
    .option("--agent <agent>", "for this agent alone")
    .option("--file", "in thalassa.toml, for this home alone")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa config set log debug", "thalassa config set bus.port 4333"] }))
    .action((key, value, options) => run(options, async () => (await code()).setSetting(key, value, options)));

  config
    .command("unset")
    .description("take away what set has put there")
    .argument("<key>", "a setting, as config lists it")
    .option("--agent <agent>", "this agent's own")
    .option("--file", "from thalassa.toml")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa config unset log"] }))
    .action((key, options) => run(options, async () => (await code()).unsetSetting(key, options)));
}

function code(): Promise<typeof import("#deploy/commands/config.ts")> {
  return import("#deploy/commands/config.ts");
}
