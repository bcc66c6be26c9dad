import type { Send } from "#runtime/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { type Approval, JOBS_VIEW, type Job, type JobEntry, type JobState } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";
import type { TelegramMail } from "#subjects/telegram.ts";
import { chatOf } from "#subjects/telegram-chat.ts";

type Sends = Readonly<Record<string, Send>>;

type TellsOf<Verb extends TelegramMail["verb"]> = Extract<TelegramMail, { verb: Verb }>["data"];

/** What an owner, or the clock, has said of an approval. */
export type Decided = NonNullable<TellsOf<"job">["decided"]>;

/** How a job stands since an event. */
export type Standing = {
  readonly state: JobState;
  /** What it last said of itself, how it ended, or why it was aborted. */
  readonly status?: string | undefined;
  /** What has to be allowed. */
  readonly approvals?: readonly Approval[] | undefined;
  readonly decided?: Decided | undefined;
};

/** A file of the workspace that is in the object store, and the conversation that it was kept for. */
export type KeptFile = { readonly artifact: string; readonly name: string; readonly for: Address };

/** Most of a task that is shown in lists. Units: UTF-16 units. */
const MAX_SHOWN = 300;

/** Most of what it says of itself that is shown in lists. Units: UTF-16 units. */
const MAX_STATUS = 500;

/** How a job stands, for the view `jobs` and, where its conversation is had in a chat, for that. Units: `at` ms since 1970. */
export function showing(job: Job, at: number, { state, status = "", approvals = [], decided }: Standing): Sends {
  const { assignment, who, env, after, for: conversation } = job;
  const entry: Omit<JobEntry, "seq"> = {
    state,
    type: assignment.type,
    text: excerpt(assignment.text, MAX_SHOWN),
    who,
    at,
    env,
    ...(conversation === undefined ? {} : { for: conversation }),
    ...(after === undefined ? {} : { after }),
    ...(status === "" ? {} : { status: excerpt(status, MAX_STATUS) }),
    ...(approvals.length === 0 ? {} : { approvals: [...approvals] }),
  };
  const chat = chatFor(job);
  const data: TellsOf<"job"> = { entry, ...(decided === undefined ? {} : { decided }) };
  const told: Sends = chat === undefined ? {} : { job: { type: "mail", to: chat, verb: "job", data } };
  return { view: { type: "view", view: JOBS_VIEW, data: entry }, ...told };
}

/** The chat of the conversation that a job is for, which has buttons for what has to be decided. */
export function chatFor(job: Job): Address | undefined {
  return job.for === undefined ? undefined : chatOf(job.for);
}

/** Hands a file that was kept to the people of the chat. */
export function handingOver({ artifact, name, for: conversation }: KeptFile): Sends {
  const to = chatOf(conversation);
  const data: TellsOf<"file"> = { artifact, name, text: "" };
  return to === undefined ? {} : { file: { type: "mail", to, verb: "file", data } };
}
