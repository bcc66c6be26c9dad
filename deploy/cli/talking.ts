import type { Command } from "commander";
import { json, run } from "./action.ts";

/** What speaks with an agent: `chat`, `send`. */
export function addTalking(program: Command): void {
  program
    .command("chat")
    .description("talk; piped, a line in is an answer out, in order, each folded into one line")
    .option("--channel <name>", "which conversation: a name of yours, or a full address", "default")
    .option("--agent <agent>", "which agent", "main")
    .addOption(json())
    .addHelpText("after", '\nExamples:\n  thalassa chat --channel work\n  echo "hello" | thalassa chat\n')
    .action((options) => run(options, async () => (await import("#deploy/commands/chat.ts")).chat(options)));

  program
    .command("send")
    .description("send one message; prints its id, or with --wait the answer")
    .argument("<channel>", "a name of yours, or a full address")
    .argument("<text>", "what to say; - reads it from standard input")
    .option("--wait", "wait for the answer and print it")
    .option("--id <id>", "the same id twice within 24 hours is one message")
    .addOption(json())
    .addHelpText("after", '\nExample:\n  thalassa send work "is the build green?" --wait --id build-4711\n')
    .action((channel, text, options) =>
      run(options, async () => (await import("#deploy/commands/send.ts")).send(channel, text, options)),
    );
}
