import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Who the agents are: `identity`. */
export function addIdentity(program: Command): void {
  const identity = program
    .command("identity")
    .description("show and change who an agent is: its character, name, people and prompts")
    .addHelpText(
      "after",
      lesson({
        examples: [
          "thalassa identity",
          "thalassa identity edit SOUL",
          "thalassa identity set USER --file people.md --agent main",
        ],
        more: [
          "Texts are SOUL, IDENTITY, USER, and one a kind that thinks, called like it. An agent has its own, else the",
          "shared one, else the built-in one. They are kept on the bus; a change is in use without a restart.",
        ],
        variables: BUS_VARIABLES,
      }),
    );
  addReading(identity);
  addWriting(identity);
}

function addReading(identity: Command): void {
  whose(identity.command("show", { isDefault: true }))
    .description("list the texts, or print one; which level it comes from goes to standard error")
    .argument("[name]", "a text")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa identity show SOUL --agent main"] }))
    .action((name, options) => run(options, async () => (await code()).showText(name, options)));
}

function addWriting(identity: Command): void {
  whose(identity.command("edit"))
    .description("open a text in an editor; store it if it was changed")
    .argument("<name>", "a text")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({ examples: ["EDITOR=nano thalassa identity edit USER"], variables: { EDITOR: "the editor (vi)" } }),
    )
    .action((name, options) => run(options, async () => (await code()).editText(name, options)));

  whose(identity.command("set"))
    .description("store a text from a file")
    .argument("<name>", "a text")
    .requiredOption("--file <file>", "its file; - is standard input")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa identity set channel --shared --file channel.md"] }))
    .action((name, options) => run(options, async () => (await code()).setText(name, options)));

  whose(identity.command("reset"))
    .description("take a text away, so that the shared or the built-in one holds again")
    .argument("<name>", "a text")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa identity reset SOUL"] }))
    .action((name, options) => run(options, async () => (await code()).resetText(name, options)));
}

function whose(command: Command): Command {
  return command
    .option("--agent <agent>", "whose (default: main)")
    .option("--shared", "the ones that every agent has without its own");
}

function code(): Promise<typeof import("#deploy/commands/identity.ts")> {
  return import("#deploy/commands/identity.ts");
}
