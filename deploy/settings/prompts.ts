import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { confirm, intro, isCancel, log, select, text } from "@clack/prompts";
import { readBus } from "#deploy/bus-file.ts";
import { explain } from "#deploy/failure.ts";
import { homeRoot } from "#deploy/home.ts";
import { claimPort } from "#deploy/ports.ts";
import { requireApart } from "#deploy/up-settings.ts";
import { readSettingsFile, type SettingsFile } from "./file.ts";
import { type Answers, presentValue, QUESTIONS, type Question, wrongAnswer } from "./questions.ts";

/** What was decided, before anything is done. */
export type Plan = {
  readonly root: string;
  readonly file: SettingsFile;
  readonly answers: Answers;
  readonly service: boolean;
};

/** The person has left. */
export class Left extends Error {}

/** Asks a person what the options leave open. Throws: Left. */
export async function asked(
  options: { readonly home?: string; readonly service?: boolean },
  told: Answers,
): Promise<Plan> {
  intro("Thalassa: agents whose every word is kept");
  const root = options.home === undefined ? await askHome() : rootOf(options.home);
  const file = readSettingsFile(root);
  if (file.text !== undefined) log.info(`${file.path} is there already; what it says is offered as the default.`);
  let answers: Answers = {};
  for (const question of QUESTIONS) {
    if (isIdle(question, answers)) continue;
    const given = told[question.key];
    if (given !== undefined && question.isPort) await requirePort(question, given, root, answers);
    const present = String(presentValue(question, file, process.env, answers));
    answers = { ...answers, [question.key]: given ?? (await ask(question, present, root, answers)) };
  }
  const service = options.service ?? (await askService());
  return { root, file, answers, service };
}

/** A question about something that is turned off. */
export function isIdle({ onlyWith }: Question, answers: Answers): boolean {
  return onlyWith !== undefined && answers[onlyWith] === "false";
}

async function askHome(): Promise<string> {
  const home = await text({
    message: "Folder for keys, data and settings",
    initialValue: homeRoot(),
    validate: (typed) => (typed?.trim() ? undefined : "Name a folder."),
  });
  return rootOf(answered(home));
}

async function ask(question: Question, present: string, root: string, before: Answers): Promise<string> {
  const { text: message, choices } = question;
  if (choices !== undefined) {
    const options = Object.entries(choices).map(([value, hint]) => ({ value, label: `${value}: ${hint}` }));
    return answered(await select({ message, options, initialValue: present }));
  }
  if (present === "true" || present === "false") {
    return String(answered(await confirm({ message, initialValue: present === "true" })));
  }
  const validate = async (typed: string | undefined): Promise<string | undefined> =>
    wrongAnswer(question, typed ?? "") ??
    (question.isPort ? await whyTaken(question, typed ?? "", root, before) : undefined);
  return answered(await text({ message, initialValue: present, validate }));
}

async function askService(): Promise<boolean> {
  const message = "Keep it running when no terminal is open, and start it with the system?";
  return answered(await confirm({ message, initialValue: false }));
}

/** What was answered. Throws: Left. */
export function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Left();
  return answer as Exclude<T, symbol>;
}

async function whyTaken(question: Question, port: string, root: string, before: Answers): Promise<string | undefined> {
  try {
    await requirePort(question, port, root, before);
    return undefined;
  } catch (error) {
    return `${explain(error).message}. Choose another one.`;
  }
}

async function requirePort(question: Question, port: string, root: string, before: Answers): Promise<void> {
  requireOwnPorts({ ...before, [question.key]: port });
  await requireFree(question, port, root);
}

/** Of what is answered, each that listens has a port of its own. Throws: BadUse. */
export function requireOwnPorts(answers: Answers): void {
  const listening = QUESTIONS.filter(
    (each) => each.isPort && answers[each.key] !== undefined && !isIdle(each, answers),
  );
  requireApart(Object.fromEntries(listening.map(({ option, key }) => [option, Number(answers[key])])));
}

/** A port that our own bus listens on is as good as free. Throws: PortTaken. */
export async function requireFree({ option, key }: Question, port: string, root: string): Promise<void> {
  const busFile = join(root, "nats.json");
  const bus = existsSync(busFile) ? readBus({ busFile }) : undefined;
  const isOurs = [bus?.url, bus?.monitor, bus?.http].some((url) => url?.endsWith(`:${port}`));
  if (port !== "0" && !isOurs) await claimPort(Number(port), key, option);
}

/** The home that is meant. */
export function rootOf(typed: string | undefined): string {
  if (typed === undefined) return homeRoot();
  return resolve(typed.trim().replace(/^~(?=\/|$)/, homedir()));
}
