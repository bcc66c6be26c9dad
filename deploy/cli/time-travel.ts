import type { Command } from "commander";
import { json, run } from "./action.ts";

/** What looks into the past, and goes on from there: `state`, `diff`, `fork`, `replay`. */
export function addTimeTravel(program: Command): void {
  program
    .command("state")
    .description("show an actor's state, now or as of any moment of its log")
    .argument("<address>", "an address, or the name of a channel of yours")
    .option("--at <moment>", "a sequence from its log, or a time: 2026-11-21T08:30")
    .addOption(json())
    .addHelpText("after", "\nExamples:\n  thalassa state default\n  thalassa state default --at 42 --json\n")
    .action((address, options) =>
      run(options, async () => (await import("#deploy/commands/state.ts")).state(address, options)),
    );

  program
    .command("diff")
    .description("show what of an actor's state changed between two moments")
    .argument("<address>", "an address, or the name of a channel of yours")
    .argument("<from>", "a sequence from its log, or a time")
    .argument("<to>", "a sequence from its log, or a time")
    .addOption(json())
    .addHelpText("after", "\nExample:\n  thalassa diff default 3 9\n")
    .action((address, from, to, options) =>
      run(options, async () => (await import("#deploy/commands/diff.ts")).diff(address, from, to, options)),
    );

  program
    .command("fork")
    .description("begin a new actor with the past of another up to a moment; nothing of it is copied")
    .argument("<address@seq>", "whose past, and the sequence up to which: default@42")
    .option("--as <name>", "its name: an address, or a name of yours (default: that of the other and the place)")
    .addOption(json())
    .addHelpText("after", "\nExample:\n  thalassa fork default@42 --as what-if\n  thalassa chat --channel what-if\n")
    .action((place, options) =>
      run(options, async () => (await import("#deploy/commands/fork.ts")).fork(place, options)),
    );

  program
    .command("replay")
    .description("fold logs anew from their first event, and say where an actor is not what its log says")
    .argument("[address]", "an address, or the name of a channel of yours; without it, every actor")
    .addOption(json())
    .addHelpText("after", "\nExits 1 when any differs.\n\nExample:\n  thalassa replay\n")
    .action((address, options) =>
      run(options, async () => (await import("#deploy/commands/replay.ts")).replay(address, options)),
    );
}
