import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { lesson } from "./lesson.ts";

/**
 * Stands in where the package bash-completion is not installed: tab's script for bash needs this one function of it. When that
 * package is loaded later, its own takes the place.
 */
const BASH_STAND_IN = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
  words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
}
`;

/** What a shell is told when somebody presses Tab: `completion`. Has to be added last, for it looks at all the others. */
export function addCompletion(program: Command): void {
  const root = tab(program, { completionCommandName: "completion" });
  const named = (name: string): Command | undefined => program.commands.find((each) => each.name() === name);
  const completion = named("completion");
  completion
    ?.hook("preAction", () => void (completion.args[0] === "bash" && process.stdout.write(BASH_STAND_IN)))
    .description("print what makes a shell complete commands, channels, addresses and settings")
    .addHelpText(
      "after",
      lesson({
        examples: ["source <(thalassa completion bash)", "thalassa completion fish | source"],
        more: [
          "Put the line into your shell's start file. It asks the bus, if that answers within 300 ms.",
          "It completes the word thalassa and runs the command of that name, not npx thalassa: `npm link` once in the",
          "checkout makes it.",
        ],
      }),
    );
  const complete = named("complete");
  complete?.hook("preAction", async () => {
    const { offerCandidates } = await import("#deploy/commands/completion.ts");
    await offerCandidates(root, complete.args);
  });
  // A bus that does not answer would hold the shell up.
  complete?.hook("postAction", () => void process.stdout.write("", () => process.exit(0)));
}
