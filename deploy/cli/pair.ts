import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Who may talk to the agents from Telegram: `pair`. */
export function addPair(program: Command): void {
  const pair = program
    .command("pair")
    .description("let people at Telegram talk to the agents, or no more")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa pair", "thalassa pair approve K7QF2M", "thalassa pair remove 4711"],
        more: ["Whoever writes /start to the bot and is not known asks to be let in, and is given a code."],
        variables: BUS_VARIABLES,
      }),
    );

  pair
    .command("list", { isDefault: true })
    .description("list who is let in, and who asks to be, with their codes")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).listPeople(options)));

  pair
    .command("approve")
    .description("let somebody in")
    .argument("<code>", "the code that they were given")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa pair approve K7QF2M"] }))
    .action((given, options) => run(options, async () => (await code()).approve(given, options)));

  pair
    .command("refuse")
    .description("do not let somebody in")
    .argument("<code>", "the code that they were given")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa pair refuse K7QF2M"] }))
    .action((given, options) => run(options, async () => (await code()).refuse(given, options)));

  pair
    .command("remove")
    .description("let somebody talk to the agents no more")
    .argument("<person>", "their number at Telegram: thalassa pair shows it")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa pair remove 4711"] }))
    .action((person, options) => run(options, async () => (await code()).remove(person, options)));
}

function code(): Promise<typeof import("#deploy/commands/pair.ts")> {
  return import("#deploy/commands/pair.ts");
}
