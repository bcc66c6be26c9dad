import type { Command } from "commander";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** Which agents there are, and whose a channel is: `agents`. */
export function addAgents(program: Command): void {
  const agents = program
    .command("agents")
    .description("list, make and delete agents, and bind channels to them")
    .addHelpText(
      "after",
      lesson({
        examples: [
          "thalassa agents",
          'thalassa agents create helper --about "Helps with the garden."',
          "thalassa agents bind 'terminal-garden*' helper",
        ],
        more: ["The agent main is always there. Each agent has its own conversations, texts and settings."],
        variables: BUS_VARIABLES,
      }),
    );
  addMaking(agents);
  addBinding(agents);
}

function addMaking(agents: Command): void {
  agents
    .command("list", { isDefault: true })
    .description("list the agents, their own texts, and the channels bound to them")
    .addOption(json())
    .action((options) => run(options, async () => (await code()).listAll(options)));

  agents
    .command("create")
    .description("make an agent; at a terminal, and without options, it asks a few questions")
    .argument("<name>", "up to 60 letters, digits, _ and -")
    .option("--about <sentence>", "what it is for")
    .option("--called <name>", "how it calls itself (default: its name)")
    .option("--character <text>", "what it is like (default: as all agents are)")
    .option("--people <text>", "what it should know of its people")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ['thalassa agents create helper --about "Helps with the garden."'] }))
    .action((name, options) => run(options, async () => (await code()).create(name, options)));

  agents
    .command("delete")
    .description("delete an agent, its texts and bindings; its logs stay")
    .argument("<name>", "an agent")
    .option("-y, --yes", "without asking")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa agents delete helper --yes"] }))
    .action((name, options) => run(options, async () => (await code()).remove(name, options)));
}

function addBinding(agents: Command): void {
  agents
    .command("bind")
    .description("say whose the channels are that somebody names without an agent")
    .argument("<pattern>", "id of a channel, * for any characters: terminal-work, terminal-*")
    .argument("<agent>", "an agent")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa agents bind 'terminal-garden*' helper"] }))
    .action((pattern, agent, options) => run(options, async () => (await code()).bind(pattern, agent, options)));

  agents
    .command("unbind")
    .description("take a binding away")
    .argument("<pattern>", "as it was bound")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa agents unbind 'terminal-garden*'"] }))
    .action((pattern, options) => run(options, async () => (await code()).unbind(pattern, options)));
}

function code(): Promise<typeof import("#deploy/commands/agents.ts")> {
  return import("#deploy/commands/agents.ts");
}
