import type { z } from "zod";
import { literal } from "#bridges/telegram/format/mod.ts";
import { hasEnded, type JobState } from "#subjects/job.ts";
import { personText } from "#subjects/job-verbs.ts";
import type { TelegramMail } from "#subjects/telegram.ts";
import type { Button, noticeSchema } from "#subjects/telegram-shown.ts";

type Job = Extract<TelegramMail, { verb: "job" }>["data"];

/** Buttons of a job that waits for nobody are pressed within this time. Units: ms. */
const PRESSED_MS = 7 * 24 * 60 * 60_000;

/** How a job's state is written. */
const SAID: Readonly<Record<JobState, string>> = {
  needs_approval: "⏸ waits for an owner",
  queued: "⏳ waits for its turn",
  running: "▶️ at work",
  aborting: "⏹ is being ended",
  aborted: "⏹ ended before its time",
  completed: "✅ done",
  failed: "❌ failed",
};

/** What somebody has said of an approval, in words. */
export function decisionText({ approval, what, who }: NonNullable<Job["decided"]>): string {
  return `${what} (${approval}) by ${literal(personText(who))}`;
}

/** A job as its chat shows it: in Markdown, with what people may do about it. Units: `at` ms since 1970. */
export function jobCard(
  id: string,
  entry: Job["entry"],
  decided: readonly string[],
  at: number,
): z.output<typeof noticeSchema> {
  const { state, type, text, status, who, approvals = [] } = entry;
  const lines = [
    `**${id}** ${SAID[state]}`,
    ...(approvals.some(({ what }) => what === text) ? [] : [type === "run" ? fenced(text) : literal(text)]),
    ...(status === undefined || state === "completed" ? [] : [literal(status)]),
    ...(approvals.length === 0 ? [] : [`For ${literal(personText(who))}.`]),
    ...approvals.map(({ id: name, what, why }) => `Asks (${name}): ${literal(why)}\n${fenced(what)}`),
    ...decided,
  ];
  const until = approvals.length === 0 ? at + PRESSED_MS : Math.min(...approvals.map((each) => each.until));
  return {
    ref: id,
    text: lines.join("\n\n"),
    buttons: buttonsOf(
      id,
      state,
      approvals.map((each) => each.id),
    ),
    until,
  };
}

/** Most approvals that have buttons of their own. */
const MAX_ASKED = 4;

function buttonsOf(id: string, state: JobState, approvals: readonly string[]): Button[] {
  const decisions = approvals.slice(0, MAX_ASKED).flatMap((name): Button[] => {
    const of = approvals.length === 1 ? "" : ` ${name}`;
    return [
      { label: `Approve${of}`, verb: "approve", ref: `${id}:${name}` },
      { label: `Deny${of}`, verb: "deny", ref: `${id}:${name}` },
    ];
  });
  if (hasEnded(state)) return [{ label: "Retry", verb: "retry", ref: id }];
  if (state === "aborting") return decisions;
  return [...decisions, { label: "Status", verb: "status", ref: id }, { label: "Abort", verb: "abort", ref: id }];
}

function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
