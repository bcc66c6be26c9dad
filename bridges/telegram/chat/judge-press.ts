import { type Address, addressOf, parseAddress } from "#subjects/address.ts";
import { isSamePerson } from "#subjects/job-verbs.ts";
import { DEFAULT_AGENT } from "#subjects/mod.ts";
import { POLLER, type TelegramEvent, telegramContract } from "#subjects/telegram.ts";
import type { Button } from "#subjects/telegram-shown.ts";
import type { Admitted, Incoming } from "#subjects/telegram-update.ts";
import { noticeOf, onceKey } from "./once.ts";
import type { ChatState } from "./state.ts";
import { whoOf } from "./who-of.ts";

type Pressed = Extract<Incoming, { type: "pressed" }>;
type Event = Extract<TelegramEvent, { type: "pressed" }>;

/** What somebody is told who may not, or too late. */
const NO = {
  unsigned: "This button is not valid any more.",
  late: "This has expired.",
  decided: "That was decided already.",
  unknown: "This is not known here any more; /jobs lists what is.",
  owner: "Only an owner may decide that.",
  requester: "Only whoever began it, or an owner, may do that.",
  guest: "This is not for you.",
} as const;

/** A button was pressed: whoever pressed it is answered, and what it stands for is done once. Units: `at` ms since 1970. */
export function judgePress(state: ChatState, admitted: Admitted, incoming: Pressed, at: number): Event {
  const { query, deed } = incoming;
  const base = { query, who: whoOf(admitted) };
  const refuse = (answer: string): Event => ({ type: "pressed", data: { ...base, answer } });
  if (admitted.turned !== undefined) return refuse(admitted.turned);
  if (deed === undefined) return refuse(NO.unsigned);
  if (at > deed.until) return refuse(NO.late);
  const notice = state.notices[noticeOf(deed.ref)];
  const button = notice === undefined ? askedElsewhere(deed) : notice.buttons.find((each) => isOf(each, deed));
  if (button === undefined) return refuse(notice === undefined ? NO.unknown : NO.decided);
  const once = onceKey(button.verb, button.ref);
  if (notice?.pressed.some((each) => each.once === once)) return refuse(NO.decided);
  if (admitted.role === "guest") return refuse(NO.guest);
  if (needsOwner(button) && admitted.role !== "owner") return refuse(NO.owner);
  if (needsRequester(button) && !isTheirs(state, admitted, button)) return refuse(NO.requester);
  return { type: "pressed", data: { ...base, verb: button.verb, ref: button.ref, ...doneBy(state, admitted, button) } };
}

type Deed = NonNullable<Pressed["deed"]>;

function isOf({ verb, ref }: Button, deed: Deed): boolean {
  return verb === deed.verb && ref === deed.ref;
}

/** Who is let in is judged by the poller, which asks in the owner's chat whichever agent that belongs to. */
function askedElsewhere({ verb, ref }: Deed): Button | undefined {
  return verb === "admit" || verb === "reject" ? { label: "", verb, ref } : undefined;
}

function needsOwner({ verb }: Button): boolean {
  return verb === "approve" || verb === "deny" || verb === "admit" || verb === "reject";
}

/** Else a try that the job refuses would have used the button up. */
function needsRequester({ verb }: Button): boolean {
  return verb === "abort" || verb === "retry";
}

function isTheirs({ jobs }: ChatState, admitted: Admitted, { ref }: Button): boolean {
  const job = jobs[ref];
  return admitted.role === "owner" || job === undefined || isSamePerson(job.who, whoOf(admitted));
}

function doneBy(
  state: ChatState,
  admitted: Admitted,
  { verb, ref }: Button,
): Pick<Event["data"], "answer" | "mails" | "look"> {
  const who = whoOf(admitted);
  const [job = "", approval = ""] = ref.split(":");
  const to: Address = addressOf(parseAddress(state.address).agent, "worker", job);
  switch (verb) {
    case "approve":
      return { answer: "Approved.", mails: [{ to, verb, data: { approval, who } }] };
    case "deny":
      return { answer: "Denied.", mails: [{ to, verb, data: { approval, who, why: "" } }] };
    case "abort":
      return { answer: "It is told to end.", mails: [{ to, verb, data: { who, why: "" } }] };
    case "retry":
      return { answer: "It is done again.", mails: [{ to, verb, data: { who } }] };
    case "status":
      return { answer: "", look: { what: "job", rest: job, who, role: admitted.role } };
    case "admit":
    case "reject": {
      const poller = addressOf(DEFAULT_AGENT, telegramContract.kind, POLLER);
      const admit = verb === "admit";
      return {
        answer: admit ? "Let in." : "Not let in.",
        mails: [{ to: poller, verb: "pair", data: { code: ref, admit, who } }],
      };
    }
  }
}
