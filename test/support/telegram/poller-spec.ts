import type { AgentUpdate, PollerBrought } from "#bridges/telegram/poller/brought.ts";
import { decidePoller } from "#bridges/telegram/poller/decide.ts";
import { evolvePoller } from "#bridges/telegram/poller/evolve.ts";
import type { PollerRules } from "#bridges/telegram/poller/rules.ts";
import { pollerSends } from "#bridges/telegram/poller/sends.ts";
import { initialPoller, type PollerState, peopleOf } from "#bridges/telegram/poller/state.ts";
import { type PollStep, pollerSteps } from "#bridges/telegram/poller/steps.ts";
import type { Kind } from "#runtime/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import type { Incoming } from "#subjects/telegram-update.ts";
import { emission, FIRST_AT, specOf } from "#support/spec.ts";

/** An owner. */
export const OWNER = { id: 1, name: "Ona" };

/** Somebody whom the settings name. */
export const USER = { id: 2, name: "Uma" };

/** Somebody whom nobody knows. */
export const STRANGER = { id: 4711, name: "Ada" };

/** Rules in which much is small. */
export const RULES: PollerRules = {
  owners: [OWNER.id],
  roles: { owners: ["terminal:*"], users: [`telegram:${USER.id}`] },
  groups: "mention",
  userPerMinute: 3,
  allPerMinute: 5,
  maxPrompt: 300,
};

/** The poller as a kind of its own, under these rules. */
export function pollerKind(
  rules: Partial<PollerRules> = {},
): Kind<typeof telegramContract, PollerState, PollStep, PollerBrought> {
  return {
    contract: telegramContract,
    stateVersion: 1,
    initial: initialPoller,
    decide: decidePoller({ ...RULES, ...rules }),
    evolve: evolvePoller,
    sends: pollerSends,
    steps: pollerSteps,
    perform: () => Promise.reject(new Error("nothing is run where rules are tried")),
    answers: { people: (state) => peopleOf(state, FIRST_AT) },
  };
}

/** What is given to the poller, and what it makes of it. */
export function pollerSpec(rules: Partial<PollerRules> = {}) {
  return specOf(pollerKind(rules));
}

type Message = Extract<Incoming, { type: "message" }>;

/** A message as it comes in, private where no group is named. */
export function heard(update: number, from: typeof OWNER, more: Partial<Message> = {}, group?: number): AgentUpdate {
  const place = group === undefined ? { chat: from.id, kind: "private" } : { chat: group, kind: "group" };
  const incoming: Message = {
    type: "message",
    message: update + 100,
    from,
    text: "hello",
    at: FIRST_AT,
    addressed: group === undefined,
    files: [],
    ...more,
  };
  return { update, agent: "main", place: place as AgentUpdate["place"], incoming };
}

/** A batch as the step brings it. */
export function batch(updates: readonly AgentUpdate[], more: Partial<Extract<PollerBrought, { type: "batch" }>> = {}) {
  const numbers = updates.map(({ update }) => update);
  const codes = ["CODEAAAA", "CODEBBBB", "CODECCCC"];
  return emission<PollerBrought>("poll", { type: "batch", updates, unread: [], numbers, codes, ...more });
}
