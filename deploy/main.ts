import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { z } from "zod";
import { tell } from "./failure.ts";

/** How long a command that is done may take to close what it had open. Units: ms. */
const LEFT_OPEN_MS = 500;

/** The command line. Each command's code is loaded when it is chosen, so that `--help` and mistakes answer at once. */
const program = new Command("thalassa")
  .description("AI agents as durable actors on NATS.")
  .version(packageVersion(), "-V, --version", "say which version this is")
  .helpOption("-h, --help", "say how it is used")
  .helpCommand("help [command]", "say how a command is used")
  .configureHelp({ showGlobalOptions: false })
  .exitOverride();

program
  .command("up")
  .description("start the bus and one process a kind, watch over them, and chat")
  .option("--no-chat", "only watch; do not open the chat in this terminal")
  .option("--only <kinds>", "start only these kinds, or several processes of one: channel=2,…")
  .option("--port <n>", "port of the bus on 127.0.0.1; 0 takes a free one (default: 4222)")
  .option("--monitor-port <n>", "port of its monitoring; 0 turns it off (default: port + 4000)")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  thalassa up --no-chat --port 4333\n")
  .action((options) => run(options, async () => (await import("#deploy/commands/up.ts")).up(options)));

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

program
  .command("tap")
  .description("watch what happens on the bus, a line a message; never disturbs it")
  .argument("[pattern]", "an address, a kind, or a subject with wildcards", "thalassa.>")
  .addOption(json())
  .addHelpText(
    "after",
    "\nExamples:\n  thalassa tap\n  thalassa tap channel\n  thalassa tap 'thalassa.*.*.*.log.said'\n",
  )
  .action((pattern, options) =>
    run(options, async () => (await import("#deploy/commands/tap.ts")).tap(pattern, options)),
  );

program
  .command("ps")
  .description("show the processes on the bus: hosts, partitions, live actors, memory")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  thalassa ps\n")
  .action((options) => run(options, async () => (await import("#deploy/commands/ps.ts")).ps(options)));

program
  .command("log")
  .description("show an actor's history")
  .argument("<address>", "an address, or the name of a channel of yours")
  .option("--from <seq>", "only from this sequence on")
  .option("--follow", "stay, and show what comes")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  thalassa log main.channel.terminal-default --follow\n")
  .action((address, options) =>
    run(options, async () => (await import("#deploy/commands/log.ts")).log(address, options)),
  );

program
  .command("doctor")
  .description("check everything, and say what to do about what is wrong")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  thalassa doctor\n")
  .action((options) => run(options, async () => (await import("#deploy/commands/doctor.ts")).doctor(options)));

const dead = program
  .command("dead")
  .description("show mail that could not be handled, and try it again or drop it")
  .addHelpText("after", "\nExamples:\n  thalassa dead\n  thalassa dead show 7\n  thalassa dead retry 7\n");

dead
  .command("list", { isDefault: true })
  .description("list the dead letters")
  .addOption(json())
  .action((options) => run(options, async () => (await import("#deploy/commands/dead.ts")).listDead(options)));

for (const [verb, about] of [
  ["show", "show a dead letter whole"],
  ["retry", "send its mail again under the same id, and remove the letter"],
  ["drop", "remove a dead letter"],
] as const) {
  dead
    .command(verb)
    .description(about)
    .argument("<seq>", "its number in the list")
    .addOption(json())
    .action((seq, options) =>
      run(options, async () => (await import("#deploy/commands/dead.ts")).onDead(verb, seq, options)),
    );
}

function json(): Option {
  return new Option("--json", "one JSON object a line");
}

/** Runs a command; how it ends is the exit code, and what went wrong is said in a sentence with what to do. */
function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

async function run(options: { readonly json?: true }, command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = tell(error, options.json === true);
  }
  // What a command left open (a socket to something that is no bus) keeps nobody waiting.
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}

// Whoever reads us may stop reading (`| head`): that is a good end, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
