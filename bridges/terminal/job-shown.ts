import { styleText } from "node:util";
import type { JobPicture } from "#bridges/conversation/job-picture.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { hasEnded, type JobState } from "#subjects/job.ts";
import type { ListedJob } from "#subjects/job-list.ts";
import { personText } from "#subjects/job-verbs.ts";
import { approvalLines } from "./job-story.ts";
import { harmless } from "./plain.ts";

/** Longest part of a text that a list shows. Units: UTF-16 units. */
const MAX_SHOWN = 60;

/** The same where a line has less room. Units: UTF-16 units. */
const MAX_BESIDE = 36;

const COLOURS: Readonly<Record<JobState, Parameters<typeof styleText>[0]>> = {
  needs_approval: "yellow",
  queued: "cyan",
  running: "cyan",
  aborting: "yellow",
  aborted: "red",
  completed: "green",
  failed: "red",
};

/** A state in its colour. */
export function stateText(state: JobState): string {
  return styleText(COLOURS[state], state);
}

/** What a job is to do, in a line that fits a list. */
export function assignmentText({ type, text }: Pick<ListedJob, "type" | "text">): string {
  return excerpt(harmless(`${type === "run" ? "$ " : ""}${text}`), MAX_SHOWN);
}

/** What there is to say of how a job stands: what it waits for, else what it last said. */
export function standingText({ approvals = [], status }: Pick<ListedJob, "approvals" | "status">): string {
  if (approvals.length > 0) return `waits for ${approvals.map(({ id }) => id).join(", ")}`;
  return status === undefined ? "" : excerpt(harmless(status), MAX_SHOWN);
}

/** A job in one line of a conversation, which was told how those ended that are over. */
export function jobLine(job: ListedJob): string {
  const standing = hasEnded(job.state) ? "" : excerpt(standingText(job), MAX_BESIDE);
  const parts = [job.id, stateText(job.state), excerpt(assignmentText(job), MAX_BESIDE), standing];
  return parts.filter(Boolean).join("  ");
}

/** All that is known of a job, for people. */
export function jobLines(picture: JobPicture): readonly string[] {
  const { address, state, type, text, who, role, host, engine, env, status } = picture;
  const field = (name: string, value: string | undefined): readonly string[] =>
    value === undefined || value === "" ? [] : [`${styleText("dim", name.padEnd(12))}${harmless(value)}`];
  const [first = "", ...rest] = harmless(text).split("\n");
  return [
    `${styleText("bold", address)}  ${stateText(state)}`,
    ...field(type, first),
    ...rest.map((line) => `            ${line}`),
    ...field("for", `${personText(who)}, ${role}${picture.for === undefined ? "" : `, told to ${picture.for}`}`),
    ...field("after", picture.after),
    ...field("environment", [env, engine, host].filter((each) => each !== undefined).join(" · ")),
    // How it ended is told below, and whole.
    ...(picture.result === undefined ? field("status", status) : []),
    ...(picture.previews ?? []).flatMap(({ port, url, until }) =>
      field("preview", `${url} (port ${port}, until ${moment(until)})`),
    ),
    ...(picture.approvals.length === 0 ? [] : ["", styleText("bold", "waits for an owner:")]),
    ...picture.approvals.flatMap(approvalLines).map((line) => `  ${line}`),
    ...["", ...picture.transitions.map(transitionLine)],
    ...(picture.result === undefined ? [] : ["", ...harmless(picture.result).trimEnd().split("\n")]),
  ];
}

function transitionLine({ seq, at, event, state, who, why }: JobPicture["transitions"][number]): string {
  const by = who === undefined ? "" : ` by ${personText(who)}`;
  const because = why === undefined ? "" : `: ${excerpt(why, 2 * MAX_SHOWN)}`;
  const told = event === state ? event : `${event} → ${state}`;
  return harmless(`${moment(at)}  #${seq}  ${told}${by}${because}`);
}

/** Shape: `2026-11-21 14:05:09 UTC`. Units: `at` ms since 1970. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
