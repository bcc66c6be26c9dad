import { NONE } from "#bridges/telegram/options.ts";
import type { Client } from "#runtime/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { BOT_TOKEN } from "./secrets/names.ts";
import { readStored } from "./secrets/store.ts";
import { kindVariables } from "./settings/here.ts";
import { variableOf } from "./settings/setting.ts";
import { commandName } from "./up-settings.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Kinds that mean nothing until somebody has set them up: what each one lacks, by the variables of its processes. */
const LACKS: Readonly<Record<string, (variables: Variables) => string | undefined>> = {
  [telegramContract.kind]: (variables) => {
    const isSet = (key: string): boolean => ![undefined, "", NONE].includes(variables[variableOf(key)]);
    if (!variables[BOT_TOKEN]) return "no token";
    if (!isSet("telegram.owners")) return "no owner";
    const isWebhook = variables[variableOf("telegram.mode")] === "webhook";
    return isWebhook && !isSet("telegram.webhook_url") ? "no address of the webhook" : undefined;
  },
};

/** Whether a kind means nothing until somebody has set it up. */
export function isSetUpFirst(kind: string): boolean {
  return LACKS[kind] !== undefined;
}

/** Why processes of a kind are not started, where nobody has set it up. Shape: `no token`. */
function lackOf(kind: string, variables: Variables): string | undefined {
  return LACKS[kind]?.(variables);
}

/** The same by what this environment, this home and the bus say now. Needs the operator's connection. */
export async function lackHere(
  kind: string,
  operator: Client,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (!isSetUpFirst(kind)) return undefined;
  const [settings, { entries }] = await Promise.all([kindVariables(operator, env), readStored(operator)]);
  const token = env[BOT_TOKEN] || (entries.has(BOT_TOKEN) ? "sealed" : undefined);
  return lackOf(kind, { ...settings, [BOT_TOKEN]: token });
}

/** What a person is told of it. Shape: `telegram is not started: no token; thalassa setup telegram sets it up`. */
export function notStarted(kind: string, lack: string, env: NodeJS.ProcessEnv = process.env): string {
  return `${kind} is not started: ${lackAndRemedy(kind, lack, env)}`;
}

/** Shape: `no token; thalassa setup telegram sets it up`. */
export function lackAndRemedy(kind: string, lack: string, env: NodeJS.ProcessEnv = process.env): string {
  return `${lack}; ${commandName(env)} setup ${kind} sets it up`;
}

/** Of the processes that are wanted, those of kinds that are set up; `tell` hears of each other kind. */
export function configuredOf(
  processes: Readonly<Record<string, number>>,
  variablesOf: (kind: string) => Variables,
  tell: (line: string, fields: Readonly<Record<string, unknown>>) => void,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(processes).filter(([kind]) => {
      const why = lackOf(kind, variablesOf(kind));
      if (why !== undefined) tell(notStarted(kind, why), { event: "not-configured", kind, why });
      return why === undefined;
    }),
  );
}
