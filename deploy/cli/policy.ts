import { type Command, Option } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What agents may do: `policy`. */
export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .description("show, change and try the rules of what agents may do")
    .addHelpText(
      "after",
      lesson({
        examples: [
          "thalassa policy",
          'thalassa policy test "rm -rf /"',
          "thalassa policy set --shared --file rules.json",
        ],
        more: [
          "The rules of all agents (the shared ones, else the built-in ones) and the agent's own count together: deny",
          "beats ask beats allow. Where none fits, it depends on who asks; a stranger may do nothing.",
        ],
        variables: BUS_VARIABLES,
      }),
    );
  addReading(policy);
  addWriting(policy);
}

function addReading(policy: Command): void {
  whose(policy.command("show", { isDefault: true }))
    .description("list the rules that hold, and where each comes from")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa policy show --shared --json"] }))
    .action((options) => run(options, async () => (await code()).showRules(options)));

  policy
    .command("test")
    .description("say whether a line of shell may be run, and why; it is not run")
    .argument("<line>", "a line of shell")
    .option("--agent <agent>", "whose rules (default: main)")
    .option(
      "--as <who>",
      "owner, user or guest, or somebody by name: telegram:4711 (what roles.owners and roles.users say)",
      "owner",
    )
    .addOption(
      new Option("--role <role>", "what that somebody is, whatever the settings say").choices([
        "owner",
        "user",
        "guest",
      ]),
    )
    .option("--kind <kind>", "kind of the actor that would run it", "worker")
    .option("--tool <tool>", "tool it would use", "shell")
    .option("--machine", "as if it ran on a machine that others use as well, not in an environment of a job")
    .option("--workspace <path>", "folder where it would run", "/workspace")
    .option("--home <path>", "home it would run in (default: the workspace, /root on a machine)")
    .option("--file <file>", "judge by these rules alone; asks no bus; - is standard input")
    .option("--check", "end with 1 where it is not allowed")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ['thalassa policy test "rm -rf /"', 'thalassa policy test "git push" --as telegram:4711 --role user'],
        ends: "0 whatever the answer is; with --check 0 allowed, 1 to be asked about or denied",
      }),
    )
    .action((line, options) => run(options, async () => (await code()).testLine(line, options)));
}

function addWriting(policy: Command): void {
  whose(policy.command("set"))
    .description("store rules from a file, in place of those that are stored")
    .requiredOption("--file <file>", 'JSON: { "rules": [...] }; - is standard input')
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa policy set --file rules.json --agent main"] }))
    .action((options) => run(options, async () => (await code()).setRules(options)));

  whose(policy.command("reset"))
    .description("take stored rules away; in place of shared ones the built-in ones hold again")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa policy reset --shared"] }))
    .action((options) => run(options, async () => (await code()).resetRules(options)));
}

function whose(command: Command): Command {
  return command.option("--agent <agent>", "whose (default: main)").option("--shared", "those of all agents");
}

function code(): Promise<typeof import("#deploy/commands/policy.ts")> {
  return import("#deploy/commands/policy.ts");
}
