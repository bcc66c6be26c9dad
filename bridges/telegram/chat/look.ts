import type { Api } from "grammy";
import { timed } from "#bridges/telegram/api/caller.ts";
import { verdictOf } from "#bridges/telegram/api/verdict.ts";
import { literal } from "#bridges/telegram/format/mod.ts";
import type { KindOffers } from "#runtime/mod.ts";
import { parseAddress } from "#subjects/address.ts";
import { BUDGETS, budgetKey, budgetViewSchema, dayOf, MICRO, personId, type Scope } from "#subjects/charge.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { hasEnded } from "#subjects/job.ts";
import { jobKeys, jobsMeant, type ListedJob, listed, readJobs } from "#subjects/job-list.ts";
import { isSamePerson, personText } from "#subjects/job-verbs.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import type { Look } from "#subjects/telegram-shown.ts";
import type { ChatBrought } from "./brought.ts";
import type { ChatState } from "./state.ts";
import type { LookStep } from "./steps.ts";

/** What is looked up where. */
export type LookPort = Pick<KindOffers, "entriesOf" | "entryText"> & {
  readonly api: Api;
  /** Every agent there is. */
  readonly agents: () => Promise<readonly string[]>;
  /** The models that answer, in their order, as the settings have them. */
  readonly models: string;
};

/** Most jobs that a chat lists. */
const MOST_LISTED = 12;

/** Looks something up for somebody, who sees no more than they may. */
export async function look({ look, state }: LookStep, port: LookPort, signal: AbortSignal): Promise<ChatBrought> {
  switch (look.what) {
    case "jobs":
      return told(look.rest === "" ? jobsText(await seen(look, state, port)) : await jobText(look, state, port));
    case "job":
      return told(await jobText(look, state, port));
    case "usage":
      return told(await usageText(look, state, port));
    case "agents": {
      const { agent } = parseAddress(state.address);
      const all = await port.agents();
      return told(all.map((name) => `- ${name}${name === agent ? " (talks here)" : ""}`).join("\n"));
    }
    case "model":
      return told(
        `Answers here come from: ${port.models}${state.model === undefined ? "" : `\nThe last one came from: ${state.model}`}`,
      );
    case "topic":
      return await topic(look, state, port, signal);
  }
}

function told(text: string): ChatBrought {
  return { type: "looked", text };
}

/** Owners see all jobs of the agent; others their own ones of this chat. */
async function seen(look: Look, state: ChatState, { entriesOf }: LookPort): Promise<readonly ListedJob[]> {
  const { agent } = parseAddress(state.address);
  const all = readJobs(await entriesOf("VIEWS", jobKeys(agent)));
  if (look.role === "owner") return all;
  const here = new Set(Array.from({ length: state.start }, (_, index) => conversationOf(state.address, index + 1)));
  return all.filter((job) => job.for !== undefined && here.has(job.for) && isSamePerson(job.who, look.who));
}

function jobsText(all: readonly ListedJob[]): string {
  const recent = listed(all, {}, Date.now());
  const shown = [...recent.filter(({ state }) => !hasEnded(state)), ...recent.filter(({ state }) => hasEnded(state))];
  if (shown.length === 0) return "No jobs. /task begins one.";
  const lines = shown
    .slice(0, MOST_LISTED)
    .map(({ id, state, text }) => `- \`${id}\` ${state.replace("_", " ")}: ${literal(excerpt(text, MAX_LINE))}`);
  const left = shown.length - MOST_LISTED;
  return [...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join("\n");
}

/** Longest text of a job in a list. Units: UTF-16 units. */
const MAX_LINE = 100;

async function jobText(look: Look, state: ChatState, port: LookPort): Promise<string> {
  const [job, ...others] = jobsMeant(await seen(look, state, port), look.rest.split(/\s+/)[0] ?? "");
  if (job === undefined)
    return `There is no job ${literal(excerpt(look.rest, MAX_LINE))} that you may see; /jobs lists them.`;
  if (others.length > 0) return `Several jobs begin so: ${[job, ...others].map(({ id }) => id).join(", ")}`;
  const { id, state: stands, text, status, who, approvals = [], at } = job;
  return [
    `**${id}** ${stands.replace("_", " ")} since ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    literal(text),
    `For ${literal(personText(who))}.`,
    ...(status === undefined ? [] : [literal(status)]),
    ...approvals.map(({ id: name, what }) => `Asks (${name}): ${literal(what)}`),
  ].join("\n\n");
}

/** What was spent today. */
async function usageText({ who }: Look, state: ChatState, { entryText }: LookPort): Promise<string> {
  const { agent } = parseAddress(state.address);
  const conversation = parseAddress(conversationOf(state.address, state.start)).id;
  const rows: readonly (readonly [string, Scope, string?])[] = [
    ["all", "agent"],
    ["here", "channel", conversation],
    ["you", "person", personId(who)],
  ];
  const today = dayOf(Date.now());
  const lines = rows.map(async ([label, scope, id]) => {
    const { success, data } = budgetViewSchema.safeParse(
      parsed(await entryText(BUDGETS.bucket, budgetKey(agent, scope, id))),
    );
    const { tokens, microUsd } = success && data.day === today ? data : { tokens: 0, microUsd: 0 };
    return `- ${label}: ${tokens} tokens, $${(microUsd / MICRO).toFixed(4)}`;
  });
  return [`Spent today (${today}, UTC):`, ...(await Promise.all(lines))].join("\n");
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Longest name of a topic. Source: https://core.telegram.org/bots/api#createforumtopic. Units: UTF-16 units. */
const MAX_TOPIC = 128;

/** A topic for a job. After a crash: perhaps another one, and the first stays empty. */
async function topic(
  { rest }: Look,
  { place }: ChatState,
  { api }: LookPort,
  signal: AbortSignal,
): Promise<ChatBrought> {
  try {
    const made = await api.raw.createForumTopic({ chat_id: place.chat, name: excerpt(rest, MAX_TOPIC) }, timed(signal));
    return { type: "looked", text: `It has a topic of its own: ${made.name}`, topic: made.message_thread_id };
  } catch (error) {
    signal.throwIfAborted();
    const verdict = verdictOf(error);
    const why = "why" in verdict ? verdict.why : "Telegram did not answer";
    return told(`No topic could be made (${why}). Let me manage topics, or use /task.`);
  }
}
