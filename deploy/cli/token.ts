import { type Command, Option } from "commander";
import { ROLES } from "#subjects/http-token.ts";
import { json, run } from "./action.ts";

/** Who may speak over HTTP: `token`. */
export function addToken(program: Command): void {
  const token = program
    .command("token")
    .description("make, list and revoke the tokens by which scripts speak over HTTP")
    .addHelpText(
      "after",
      "\nExamples:\n  thalassa token create ci --role user\n  thalassa token list\n  thalassa token revoke ci\n",
    );

  token
    .command("list", { isDefault: true })
    .description("list who has one; a token itself is shown only when it is made")
    .addOption(json())
    .action((options) => run(options, async () => (await import("#deploy/commands/token.ts")).listAll(options)));

  token
    .command("create")
    .description("make a token, and show it this one time")
    .argument("<name>", "what its holder is called in logs: lower-case letters, digits, - and _")
    .addOption(
      new Option("--role <role>", "user: messages and events of the bridge's channels; owner: all channels, and states")
        .choices(ROLES)
        .default("user"),
    )
    .addOption(json())
    .action((name, options) =>
      run(options, async () => (await import("#deploy/commands/token.ts")).create(name, options)),
    );

  token
    .command("revoke")
    .description("end a token; whoever has it is let in no more, within seconds")
    .argument("<name>", "its name")
    .addOption(json())
    .action((name, options) =>
      run(options, async () => (await import("#deploy/commands/token.ts")).revoke(name, options)),
    );
}
