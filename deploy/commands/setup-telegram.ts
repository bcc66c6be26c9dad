import { cancel, intro, log, outro } from "@clack/prompts";
import { connectAs, findBus } from "#deploy/access.ts";
import { keysHere } from "#deploy/secrets/here.ts";
import { BOT_TOKEN } from "#deploy/secrets/names.ts";
import { typedSecret } from "#deploy/secrets/typed.ts";
import { openVault, setSecret } from "#deploy/secrets/vault.ts";
import { settingsHere } from "#deploy/settings/here.ts";
import { Left } from "#deploy/settings/prompts.ts";
import { checkAnswer, overriding, type Question, wrongAnswer } from "#deploy/settings/questions.ts";
import { settingOf } from "#deploy/settings/resolve.ts";
import { changeShared } from "#deploy/settings/shared.ts";
import { requireAnswered } from "#deploy/settings/unanswered.ts";
import { type Bot, botOf } from "#deploy/telegram/bot.ts";
import { askOwner, askWay, type Way } from "#deploy/telegram/setup-prompts.ts";
import { commandName } from "#deploy/up-settings.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";

/** Options of `thalassa setup telegram` as they are typed. */
export type SetupTelegramOptions = {
  readonly tokenStdin?: true;
  readonly owner?: readonly string[];
  readonly mode?: Way["mode"];
  readonly webhookUrl?: string;
  readonly json?: true;
};

/** What is there before anything is asked. */
type Present = Way & {
  readonly api: string;
  readonly owners: readonly string[];
  /** The token that is kept already, where it opens. */
  readonly token?: string;
};

/** Questions whose answers are settings. */
const OWNER: Question = { key: "telegram.owners", option: "--owner", text: "" };
const URL_QUESTION: Question = { key: "telegram.webhook_url", option: "--webhook-url", text: "" };

/** Has a bot of Telegram talk for the agents: its token, its owners, how messages come. Throws: TelegramUnusable. */
export async function setupTelegram(options: SetupTelegramOptions): Promise<number> {
  for (const id of options.owner ?? []) checkAnswer(OWNER, id === "none" ? "" : id);
  if (options.webhookUrl !== undefined) checkAnswer(URL_QUESTION, options.webhookUrl);
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const isAsking = isTerminal && !options.json && !options.tokenStdin;
  await using operator = await connectAs(OPERATOR, findBus());
  const present = await presentHere(operator);
  if (!isAsking) requireAnswered(openIn(options, present), "give them: thalassa setup telegram --help");
  try {
    return await carryOut(operator, options, present, isAsking);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    cancel("Left; what was answered before is kept.");
    return 1;
  }
}

async function carryOut(
  operator: Client,
  options: SetupTelegramOptions,
  present: Present,
  isAsking: boolean,
): Promise<number> {
  if (isAsking) intro("Telegram: people write to a bot, and the agents answer");
  const { token, isNew } = await tokenFor(options, present, isAsking);
  const bot = await botOf(token, present.api);
  if (isNew) await setSecret(operator, keysHere(complain), BOT_TOKEN, token);
  if (isAsking) log.success(`that is @${bot.name}; its token is sealed in SECRETS on the bus`);
  const owners = await ownersFor(bot, options, present, isAsking);
  const way = await wayFor(options, present, isAsking);
  const hidden = await remember(owners, way, present);
  tell({ bot: bot.name, owners, ...way, hidden }, options, isAsking);
  return 0;
}

/** What is kept and set already. */
async function presentHere(operator: Client): Promise<Present> {
  const sources = await settingsHere(operator);
  const url = optional(settingOf("telegram.webhook_url", sources));
  const { secrets } = await openVault(operator, keysHere(complain), (name) => name === BOT_TOKEN);
  const token = secrets.find((secret) => secret.type === "open")?.value;
  const owners = optional(settingOf("telegram.owners", sources))?.split(",") ?? [];
  return {
    api: settingOf("telegram.api", sources),
    mode: settingOf("telegram.mode", sources),
    owners: owners.map((id) => id.trim()),
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { token }),
  };
}

function optional(value: string): string | undefined {
  return value === "none" ? undefined : value;
}

/** What nobody has said yet. */
function openIn({ tokenStdin, owner = [], mode, webhookUrl }: SetupTelegramOptions, present: Present) {
  const hasToken = tokenStdin || process.env[BOT_TOKEN] || present.token !== undefined;
  const isAddressOpen = (mode ?? present.mode) === "webhook" && (webhookUrl ?? present.url) === undefined;
  return [
    ...(hasToken ? [] : [`--token-stdin or ${BOT_TOKEN}`]),
    ...(owner.length + present.owners.length > 0 ? [] : ["--owner"]),
    ...(isAddressOpen ? ["--webhook-url"] : []),
  ];
}

async function tokenFor(
  { tokenStdin }: SetupTelegramOptions,
  { token: kept }: Present,
  isAsking: boolean,
): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const given = tokenStdin ? undefined : process.env[BOT_TOKEN];
  if (given) return { token: given, isNew: true };
  if (!tokenStdin && kept !== undefined) {
    if (isAsking) log.info(`the token that is kept is used; thalassa secret set ${BOT_TOKEN} keeps another one`);
    return { token: kept, isNew: false };
  }
  if (isAsking) log.info("a bot is made at Telegram by writing /newbot to @BotFather, who then tells its token");
  const typed = await typedSecret("Token of the bot", tokenStdin === true, "thalassa setup telegram");
  return { token: typed.trim(), isNew: true };
}

async function ownersFor(
  bot: Bot,
  { owner = [] }: SetupTelegramOptions,
  { owners: known }: Present,
  isAsking: boolean,
): Promise<readonly string[]> {
  const named = owner.length > 0 || !isAsking ? owner : await askOwner(bot, known);
  return [...new Set([...known, ...named.flatMap((id) => id.split(",")).map((id) => id.trim())])];
}

async function wayFor({ mode, webhookUrl }: SetupTelegramOptions, present: Present, isAsking: boolean): Promise<Way> {
  if (isAsking && mode === undefined && webhookUrl === undefined) {
    return await askWay(present, (typed) => typed !== "none" && wrongAnswer(URL_QUESTION, typed) === undefined);
  }
  // An address is given for a webhook.
  const wanted = mode ?? (webhookUrl === undefined ? present.mode : "webhook");
  const url = webhookUrl ?? present.url;
  if (wanted === "webhook" && url === undefined) requireAnswered(["--webhook-url"], "give it");
  return { mode: wanted, ...(wanted === "polling" || url === undefined ? {} : { url }) };
}

/** Sets what has changed, for all hosts; gives the variables that win over it here. */
async function remember(owners: readonly string[], { mode, url }: Way, present: Present): Promise<readonly string[]> {
  const changed = {
    ...(owners.length > present.owners.length ? { "telegram.owners": owners.join(",") } : {}),
    ...(mode === present.mode ? {} : { "telegram.mode": mode }),
    ...(url === undefined || url === present.url ? {} : { "telegram.webhook_url": url }),
  };
  for (const [key, value] of Object.entries(changed)) await changeShared(key, value);
  return overriding(changed, process.env);
}

/** What holds now. */
type Report = Way & {
  readonly bot: string;
  readonly owners: readonly string[];
  /** Variables that win over it here. */
  readonly hidden: readonly string[];
};

function tell(report: Report, { json }: SetupTelegramOptions, isAsking: boolean): void {
  const { bot, owners, mode, url, hidden } = report;
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const variable of hidden) complain(`${variable} is set in this environment, and wins over what was set`);
  const way = url === undefined ? mode : `${mode}, ${url}`;
  const next = `start ${commandName(process.env)} up anew, then write to @${bot}`;
  const lines = [`@${bot} serves the agents; owners: ${owners.join(", ")}; messages come by ${way}`, next];
  if (!isAsking) process.stdout.write(`${lines.join("\n")}\n`);
  else outro(lines.join("\n   "));
}

function complain(line: string): void {
  process.stderr.write(`thalassa: ${line}\n`);
}
