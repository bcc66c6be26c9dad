import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Keys of models and the like: `secret`. */
export function addSecret(program: Command): void {
  const secret = program
    .command("secret")
    .description("keep keys of models and the like, sealed on the bus, and hand them to the processes that need them")
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa secret set ANTHROPIC_API_KEY", "thalassa secret list", "thalassa secret rotate"],
        variables: {
          ...BUS_VARIABLES,
          THALASSA_SECRETS_KEY: "the master key, 32 bytes in base64, instead of secrets.key in the home",
          THALASSA_SECRETS_KEY_OLD: "the one before it, until everything is sealed under the new one",
        },
        more: ["A variable of the same name in the environment of thalassa up wins over what is kept here."],
      }),
    );

  secret
    .command("list", { isDefault: true })
    .description("list names, ages and who gets them; never a value")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).listAll(options)));

  addWriting(secret);
}

function addWriting(secret: Command): void {
  secret
    .command("set")
    .description("keep one; asked for without showing it, or read from standard input")
    .argument("<name>", "the variable by which processes know it, as ANTHROPIC_API_KEY")
    .argument("[value]", "the secret itself, or - for standard input; here it stays in the history of the shell")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa secret set OPENAI_API_KEY", "pass show openai | thalassa secret set OPENAI_API_KEY"],
      }),
    )
    .action((name, value, options) => run(options, async () => (await code()).set(name, value, options)));

  secret
    .command("rm")
    .description("forget one")
    .argument("<name>", "its name")
    .addOption(json())
    .action((name, options) => run(options, async () => (await code()).remove(name, options)));

  secret
    .command("rotate")
    .description("make a new master key and seal everything under it; may be cut off at any moment")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).rotate(options)));
}

function code(): Promise<typeof import("#deploy/commands/secret.ts")> {
  return import("#deploy/commands/secret.ts");
}
