import type { Refusal } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import type { TelegramEvent, TelegramMail } from "#subjects/telegram.ts";
import type { Outgoing } from "#subjects/telegram-shown.ts";
import { decisionText, jobCard } from "./card.ts";
import type { ChatRules } from "./decide.ts";
import type { ChatState } from "./state.ts";
import type { Undelivered } from "./undelivered.ts";

type Mail<Verb extends TelegramMail["verb"]> = Extract<TelegramMail, { verb: Verb }>["data"];

/** The conversation speaks: its words are shown, tied to what they answer. */
export function judgeTell(state: ChatState, tell: Mail<"tell">, rules: ChatRules): TelegramEvent {
  const text = wordsOf(tell, rules);
  if (state.parked !== undefined) {
    return text === undefined ? { type: "told", data: { tell } } : dropped(state.parked, { verb: "tell", data: tell });
  }
  if (text === undefined) return { type: "told", data: { tell } };
  const to = answered(state, tell);
  const words: Outgoing = { type: "words", text, ...(to === undefined ? {} : { to }) };
  return { type: "told", data: { tell: { ...tell, text: "" }, show: [words] } };
}

function wordsOf({ type, text, closes }: Mail<"tell">, { show }: ChatRules): string | undefined {
  if (type === "stopped") return "(stopped)";
  if (text.trim() === "") return undefined;
  return type === "said" && !closes && show === "final" ? undefined : text;
}

/** In a group every answer names its message; in private one that is not the newest. */
function answered({ place, open, passed }: ChatState, { re = [] }: Mail<"tell">): number | undefined {
  const message = open.find(({ ref }) => re.includes(ref))?.message ?? Number(/^\d+/.exec(re[0] ?? "")?.[0]);
  if (Number.isNaN(message)) return undefined;
  return place.kind === "private" && passed.at(-1) === message ? undefined : message;
}

/** A job stands otherwise: its card is shown anew. Units: `at` ms since 1970. */
export function judgeJob(
  state: ChatState,
  { entry, decided }: Mail<"job">,
  from: Address | undefined,
  at: number,
  { show }: ChatRules,
): TelegramEvent | Refusal | undefined {
  const id = jobOf(state, from);
  if (id === undefined)
    return { type: "refusal", code: "foreign-job", reason: `${from ?? "nobody"} is no job of this chat` };
  const before = state.notices[id];
  // Mail may come late: how it stood before is no news.
  if (entry.at < (state.jobs[id]?.at ?? 0)) return undefined;
  const said = [...(state.jobs[id]?.decided ?? []), ...(decided === undefined ? [] : [decisionText(decided)])];
  const notice = jobCard(id, entry, said, at);
  if (before !== undefined && before.text === notice.text && before.buttons.length === notice.buttons?.length)
    return undefined;
  const { state: stands, text, who, status, approvals = [] } = entry;
  const job = {
    state: stands,
    text,
    who,
    status,
    at: entry.at,
    approvals: approvals.map((each) => each.id),
    decided: said.slice(-MAX_DECIDED),
  };
  const goesOn = stands === "queued" || stands === "running" || stands === "aborting";
  const isSilent =
    state.parked !== undefined || (show === "final" && goesOn && approvals.length === 0 && !isShown(state, id));
  return { type: "noticed", data: { notice, job, ...(isSilent ? { isSilent: true } : {}) } };
}

function isShown({ notices, queue }: ChatState, id: string): boolean {
  return (notices[id]?.messages.length ?? 0) > 0 || queue.some(({ out }) => out.type === "notice" && out.ref === id);
}

/** Most decisions that a card keeps. */
const MAX_DECIDED = 10;

function jobOf({ address }: ChatState, from: Address | undefined): string | undefined {
  if (from === undefined) return undefined;
  const { agent, kind, id } = parseAddress(from);
  return kind === "worker" && agent === parseAddress(address).agent ? id : undefined;
}

/** Something is to be shown, or shown otherwise. */
export function judgeNotice(state: ChatState, notice: Mail<"notice">): TelegramEvent {
  if (state.parked !== undefined) return dropped(state.parked, { verb: "notice", data: notice });
  return { type: "noticed", data: { notice } };
}

/** A job hands a file over. */
export function judgeFile(state: ChatState, file: Mail<"file">): TelegramEvent {
  if (state.parked !== undefined) return dropped(state.parked, { verb: "file", data: file });
  return { type: "offered", data: { show: [{ type: "file", ...file }] } };
}

/** Mail of ours that nobody wanted: whoever it was sent for is told why. */
export function judgeReturn(state: ChatState, { id, reason }: Mail<"refused">): TelegramEvent {
  const open = state.open.find((each) => id === `${each.id}:hear`);
  const re = open === undefined ? {} : { re: [open.ref] };
  const tell = { type: "failed", text: reason, closes: open !== undefined, ...re } as const;
  if (state.parked !== undefined) return { type: "told", data: { tell, returned: id } };
  const to = open === undefined ? {} : { to: open.message };
  return {
    type: "told",
    data: { tell: { ...tell, text: "" }, returned: id, show: [{ type: "words", text: reason, ...to }] },
  };
}

function dropped(why: string, left: Undelivered): TelegramEvent {
  return { type: "dropped", data: { n: 0, code: "telegram-gone", why, left: [left] } };
}
