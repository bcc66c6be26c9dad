import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What speaks with an agent: `chat`, `send`. */
export function addTalking(program: Command): void {
  program
    .command("chat")
    .description("talk; piped, a line in is an answer out, in order, each folded into one line")
    .option(
      "--channel <name>",
      "which conversation: a name of yours, or a full address (default: setting chat.channel)",
    )
    .option("--agent <agent>", "which agent (default: the one the channel is bound to, else setting chat.agent)")
    .option("--obey", "piped: obey lines such as /task and /approve; without it every line is said as it stands")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ["thalassa chat --channel work", 'echo "hello" | thalassa chat'],
        more: ["--obey is for lines that you wrote yourself: who writes /approve allows what a job asks for."],
        settings: ["chat.agent", "chat.channel"],
        variables: BUS_VARIABLES,
      }),
    )
    .action((options) => run(options, async () => (await import("#deploy/commands/chat.ts")).chat(options)));

  program
    .command("send")
    .description("send one message; prints its id, or with --wait the answer")
    .argument("<channel>", "a name of yours, or a full address")
    .argument("<text>", "what to say; - reads it from standard input")
    .option("--agent <agent>", "whose channel (default: the one it is bound to, else setting chat.agent)")
    .option("--wait", "wait for the answer and print it")
    .option("--id <id>", "the same id twice within 24 hours is one message")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ['thalassa send work "is the build green?" --wait --id build-4711'],
        variables: BUS_VARIABLES,
      }),
    )
    .action((channel, text, options) =>
      run(options, async () => (await import("#deploy/commands/send.ts")).send(channel, text, options)),
    );
}
