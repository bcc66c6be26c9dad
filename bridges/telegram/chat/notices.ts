import type { Placed } from "#runtime/mod.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { noticeOf, onceKey } from "./once.ts";
import { headOf, queued } from "./queue.ts";
import { type ChatState, type KnownJob, MAX_KNOWN, type Shown } from "./state.ts";

type Data<Type extends TelegramEvent["type"]> = Extract<TelegramEvent, { type: Type }>["data"];

/** A button was pressed: what it stands for is not done twice. */
export function pressed(
  state: ChatState,
  { query, answer, verb = "", ref = "", look }: Data<"pressed">,
  { seq, id }: Pick<Placed, "seq" | "id">,
): ChatState {
  const notice = state.notices[noticeOf(ref)];
  const once = onceKey(verb, ref);
  return {
    ...state,
    presses: [...state.presses, { query, text: answer }],
    looks: look === undefined ? state.looks : { ...state.looks, [`look-${seq}`]: look },
    notices:
      notice === undefined || once === undefined
        ? state.notices
        : { ...state.notices, [noticeOf(ref)]: { ...notice, pressed: [...notice.pressed, { once, by: id }] } },
  };
}

/** What a press wanted was not taken: it may be pressed again. Shape of a mail's id: `3fA9xQ…:approve-0-worker`. */
export function takenBack(state: ChatState, mail: string): ChatState {
  const notices = Object.entries(state.notices).map(([ref, notice]): [string, Shown] => [
    ref,
    { ...notice, pressed: notice.pressed.filter(({ by }) => !mail.startsWith(`${by}:`)) },
  ]);
  return { ...state, notices: Object.fromEntries(notices) };
}

/** Something is to be shown, or shown otherwise. */
export function noticed(state: ChatState, { notice, isSilent, job }: Data<"noticed">): ChatState {
  const { ref, text, buttons = [], until } = notice;
  const before = state.notices[ref];
  const shown: Shown = {
    text,
    buttons,
    pressed: before?.pressed ?? [],
    messages: before?.messages ?? [],
    ...(until === undefined ? {} : { until }),
  };
  const next: ChatState = {
    ...state,
    notices: newest(state.notices, ref, shown, (each) => isQueued(state, each) || isAsking(state, each)),
    jobs: job === undefined ? state.jobs : newest(state.jobs, ref, job as KnownJob, (each) => isAsking(state, each)),
  };
  const head = headOf(state.queue);
  const isWaiting = state.queue.some(({ n, out }) => n !== head?.n && out.type === "notice" && out.ref === ref);
  return isSilent || isWaiting ? next : queued(next, [{ type: "notice", ref }]);
}

function isQueued({ queue }: ChatState, name: string): boolean {
  return queue.some(({ out }) => out.type === "notice" && out.ref === name);
}

function isAsking({ jobs }: ChatState, name: string): boolean {
  return (jobs[name]?.approvals.length ?? 0) > 0;
}

/** The entry last, and the oldest ones forgotten, but for those that are needed. */
function newest<T>(
  all: Readonly<Record<string, T>>,
  key: string,
  value: T,
  isNeeded: (key: string) => boolean,
): Readonly<Record<string, T>> {
  const { [key]: _, ...others } = all;
  const entries = [...Object.entries(others), [key, value] as const];
  const old = entries.slice(0, -MAX_KNOWN).filter(([name]) => isNeeded(name));
  return Object.fromEntries([...old, ...entries.slice(-MAX_KNOWN)]);
}
