import { confirm, intro, isCancel, text } from "@clack/prompts";
import { calledAfter, type Told } from "./template.ts";

/** Asks a person what was not told of a new agent; undefined when they leave. */
export async function askTold(name: string, told: Partial<Told>): Promise<Told | undefined> {
  intro(`A new agent: ${name}`);
  const questions = [
    ["called", "How does it call itself?", calledAfter(name)],
    ["about", "What is it for? One sentence.", ""],
    ["character", "What is it like? Empty: as all agents are.", ""],
    ["people", "What should it know of its people? Empty: nothing yet.", ""],
  ] as const;
  const answers: Record<string, string> = { called: calledAfter(name), about: "" };
  for (const [key, message, initialValue] of questions) {
    const answer = told[key] ?? (await text({ message, initialValue }));
    if (isCancel(answer)) return undefined;
    if (answer?.trim()) answers[key] = answer.trim();
  }
  const { called = "", about = "", character, people } = answers;
  return { called, about, character, people };
}

/** Asks whether it is really meant; who leaves does not mean it. */
export async function askWhether(message: string): Promise<boolean> {
  const answer = await confirm({ message, initialValue: false });
  return answer === true;
}
