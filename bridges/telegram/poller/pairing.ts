import type { Refusal } from "#runtime/mod.ts";
import type { TelegramEvent, TelegramMail } from "#subjects/telegram.ts";
import type { Who } from "#subjects/who.ts";
import { type PollerRules, roleOfWho } from "./rules.ts";
import { askingAt, MAX_PEOPLE, type PollerState } from "./state.ts";

type Pair = Extract<TelegramMail, { verb: "pair" }>["data"];
type Unpair = Extract<TelegramMail, { verb: "unpair" }>["data"];

/** Judges that somebody is let in by the code that they were given, or is not. Units: `at` ms since 1970. */
export function pair(
  state: PollerState,
  rules: PollerRules,
  { code, admit, who }: Pair,
  at: number,
): TelegramEvent | Refusal {
  if (!isOwner(rules, who)) return notOwner();
  const meant = code.trim().toUpperCase();
  const asking = askingAt(state, at).find((each) => each.code === meant && each.isTurned !== true);
  if (asking === undefined) {
    const reason = "nobody asks with this code; it is over after an hour and after a decision. Let them write again";
    return { type: "refusal", code: "no-such-code", reason };
  }
  if (admit && Object.keys(state.people).length >= MAX_PEOPLE) {
    const reason = `${MAX_PEOPLE} people are let in, and that is the most; take somebody off first`;
    return { type: "refusal", code: "too-many-people", reason };
  }
  const { person, chat } = asking;
  return { type: "paired", data: { code: meant, person, chat, admit, who, owners: [...rules.owners] } };
}

/** Judges that somebody who was let in may not talk here any more. */
export function unpair(state: PollerState, rules: PollerRules, { person, who }: Unpair): TelegramEvent | Refusal {
  if (!isOwner(rules, who)) return notOwner();
  const known = state.people[`${person}`];
  if (known === undefined) {
    const reason = `${person} was not let in by a code; see who was, or take them out of the settings`;
    return { type: "refusal", code: "no-such-person", reason };
  }
  const { id, name } = known;
  return { type: "unpaired", data: { person: { id, name }, who } };
}

function isOwner(rules: PollerRules, who: Who): boolean {
  return roleOfWho(rules, who) === "owner";
}

function notOwner(): Refusal {
  const reason = "only an owner may decide who talks here; ask one, or see roles.owners";
  return { type: "refusal", code: "not-owner", reason };
}
