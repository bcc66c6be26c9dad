import { THINKING } from "#actors/prompts/mod.ts";
import { nearest } from "#deploy/settings/nearest.ts";
import { SERVERS } from "#models/servers.ts";
import { isSecretVariable } from "#subjects/scrub.ts";
import { SECRET_NAME } from "#subjects/secret.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { SecretUnusable } from "./unusable.ts";

/** The token of the bot that people at Telegram write to. */
export const BOT_TOKEN = "TELEGRAM_BOT_TOKEN";

/** Secrets that many have, by the names that others use too. */
const WELL_KNOWN: readonly string[] = [
  ...["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"],
  BOT_TOKEN,
];

/** Kinds that call models. */
const CALLERS: ReadonlySet<string> = new Set(THINKING);

/** Keys of the model providers that there are; other keys are nobody's business. */
const MODEL_KEYS: ReadonlySet<string> = new Set(Object.values(SERVERS).map(({ keyVariable }) => keyVariable));

/** Longest secret: the environment of a process has to hold it. Units: UTF-16 units. */
const MAX_VALUE = 65_536;

/** Whether processes of a kind are handed the secret of that name. */
export function isNeededBy(kind: string, name: string): boolean {
  return MODEL_KEYS.has(name) ? CALLERS.has(kind) : name === BOT_TOKEN && kind === telegramContract.kind;
}

/** Whether a name is one that some kind may need, or hides what it holds. */
export function isSecretLike(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && isSecretVariable(name) && !name.startsWith("THALASSA_");
}

/** Whether a variable in an environment is a secret that some kind needs. */
export function isNeeded(name: string): boolean {
  return MODEL_KEYS.has(name) || name === BOT_TOKEN;
}

/** The well-known name that was probably meant, where a name is near one. */
export function meantBy(name: string): string | undefined {
  if (WELL_KNOWN.includes(name)) return undefined;
  const meant = nearest(name, WELL_KNOWN);
  // What differs from it in all but its ending is another one of its sort.
  return meant !== undefined && meant[0] === name[0] && Math.abs(meant.length - name.length) <= 2 ? meant : undefined;
}

/** Throws: SecretUnusable. */
export function requireName(name: string): void {
  if (SECRET_NAME.test(name)) return;
  throw new SecretUnusable({
    code: "secret-misnamed",
    message: `${JSON.stringify(name)} cannot name a secret`,
    hint: "use letters, digits, _ and -: up to 64, for example ANTHROPIC_API_KEY",
    exitCode: 2,
  });
}

/** Throws: SecretUnusable, without the value in it. */
export function requireValue(name: string, value: string): void {
  const why = value === "" ? "nothing" : value.includes("\0") ? "a NUL" : value.length > MAX_VALUE ? "too much" : "";
  if (why === "") return;
  throw new SecretUnusable({
    code: "secret-invalid",
    message: `what was given for ${name} has ${why} in it`,
    hint: `give 1 to ${MAX_VALUE} characters of text; thalassa secret rm ${name} takes one away`,
    exitCode: 2,
  });
}
