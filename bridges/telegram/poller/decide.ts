import { updateNumber } from "#bridges/telegram/incoming/update.ts";
import type { Input, Refusal } from "#runtime/mod.ts";
import type { TelegramEvent, TelegramMail } from "#subjects/telegram.ts";
import type { PollerBrought } from "./brought.ts";
import { throughGate } from "./gate.ts";
import { pair, unpair } from "./pairing.ts";
import type { PollerRules } from "./rules.ts";
import { hasSeen } from "./seen.ts";
import type { PollerState } from "./state.ts";

/** What the poller judges. */
export type PollerInput = Input<TelegramMail, PollerBrought>;

/** Makes the `decide` of the poller under these rules. */
export function decidePoller(rules: PollerRules) {
  return (state: PollerState, input: PollerInput): TelegramEvent | Refusal | undefined => {
    if (input.type === "mail") return judgeMail(state, rules, input);
    if (input.type === "failure") return undefined;
    return input.data.type === "connected"
      ? connected(state, input.data, input.at)
      : received(state, rules, input.data, input.at);
  };
}

type Mail = Extract<PollerInput, { type: "mail" }>;
type Connected = Extract<PollerBrought, { type: "connected" }>;
type Batch = Extract<PollerBrought, { type: "batch" }>;

function judgeMail(state: PollerState, rules: PollerRules, mail: Mail): TelegramEvent | Refusal | undefined {
  switch (mail.verb) {
    case "open":
      return state.isOpen ? undefined : { type: "opened", data: {} };
    case "pair":
      return pair(state, rules, mail.data, mail.at);
    case "unpair":
      return unpair(state, rules, mail.data);
    case "bounced":
    case "refused":
      return undefined;
    default: {
      const reason = `${state.address} takes in what comes from Telegram; send ${mail.verb} to a chat`;
      return { type: "refusal", code: "not-a-chat", reason };
    }
  }
}

/** Only what is new of it is told. Who the bot is stays known while it cannot be asked. */
function connected(state: PollerState, brought: Connected, at: number): TelegramEvent | undefined {
  const { bot = state.bot, id = state.id, mode, problem } = brought;
  if (bot === state.bot && id === state.id && mode === state.mode && problem === state.problem) return undefined;
  return {
    type: "connected",
    data: {
      mode,
      at,
      ...(bot === undefined ? {} : { bot }),
      ...(id === undefined ? {} : { id }),
      ...(problem === undefined ? {} : { problem }),
    },
  };
}

/** Each number is taken in once, for ever. */
function received(state: PollerState, rules: PollerRules, batch: Batch, at: number): TelegramEvent | undefined {
  const fresh = new Set(batch.numbers.filter((number) => !hasSeen(state.seen, number)));
  if (fresh.size === 0) return undefined;
  const numbers = [...fresh];
  // Each takes its number away, so that a repeat within the batch finds none.
  const takes = (number: number | undefined): boolean => number !== undefined && fresh.delete(number);
  const updates = batch.updates.filter(({ update }) => takes(update));
  const unread = batch.unread.filter((raw) => takes(updateNumber(raw)));
  const passed = throughGate(state, rules, updates, batch.codes, at);
  return {
    type: "received",
    data: {
      updates: [...passed.updates],
      numbers,
      ...(unread.length === 0 ? {} : { unread }),
      ...(passed.hasty.length === 0 ? {} : { hasty: [...passed.hasty] }),
      ...(passed.asking.length === 0 ? {} : { asking: [...passed.asking], owners: [...rules.owners] }),
    },
  };
}
