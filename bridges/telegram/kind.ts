import type { Kind } from "#runtime/mod.ts";
import { parseAddress } from "#subjects/address.ts";
import { POLLER, telegramContract } from "#subjects/telegram.ts";
import type { ChatBrought } from "./chat/brought.ts";
import { type ChatInput, type ChatRules, decideChat } from "./chat/decide.ts";
import { evolveChat } from "./chat/evolve.ts";
import { chatSends } from "./chat/sends.ts";
import { type ChatState, initialChat } from "./chat/state.ts";
import { type ChatStep, chatSteps } from "./chat/steps.ts";
import { TELEGRAM_DEFAULTS } from "./options.ts";
import type { PollerBrought } from "./poller/brought.ts";
import { decidePoller, type PollerInput } from "./poller/decide.ts";
import { evolvePoller } from "./poller/evolve.ts";
import type { PollerRules } from "./poller/rules.ts";
import { pollerSends } from "./poller/sends.ts";
import { initialPoller, type PollerState, peopleOf } from "./poller/state.ts";
import { type PollStep, pollerSteps } from "./poller/steps.ts";

/** Raised when a state of either role changes its shape. */
const STATE_VERSION = 1;

/** The one who takes everything in, or a chat. */
export type TelegramState = PollerState | ChatState;

/** What either wants done. */
export type TelegramStep = PollStep | ChatStep;

/** What steps of either bring. */
export type TelegramBrought = PollerBrought | ChatBrought;

/** What the bridge goes by. */
export type TelegramRules = PollerRules & ChatRules;

/** The bridge to Telegram, as the runtime runs it. */
export type TelegramKind = Kind<typeof telegramContract, TelegramState, TelegramStep, TelegramBrought>;

/** The kind `telegram` under these rules, on what it does its work with. Units: `clock` ms since 1970. */
export function telegramKind(
  rules: TelegramRules,
  perform: TelegramKind["perform"],
  clock: () => number = Date.now,
): TelegramKind {
  const [poller, chat] = [decidePoller(rules), decideChat(rules)];
  return {
    contract: telegramContract,
    stateVersion: STATE_VERSION,
    initial: (address) => (parseAddress(address).id === POLLER ? initialPoller(address) : initialChat(address)),
    // Which role an actor has follows from its name, and so do the inputs that its own steps bring.
    decide: (state, input) =>
      state.type === "poller" ? poller(state, input as PollerInput) : chat(state, input as ChatInput),
    evolve: (state, event, placed) =>
      state.type === "poller" ? evolvePoller(state, event, placed) : evolveChat(state, event, placed),
    sends: (event, of) => (parseAddress(of.address).id === POLLER ? pollerSends(event, of) : chatSends(event, of)),
    steps: (state) => (state.type === "poller" ? pollerSteps(state) : chatSteps(state)),
    perform,
    answers: {
      people: (state) => (state.type === "poller" ? peopleOf(state, clock()) : { people: [], asking: [] }),
    },
  };
}

/** The kind `telegram` for whoever folds logs: it talks to nobody. */
export const telegram: TelegramKind = telegramKind(
  {
    owners: [],
    roles: { owners: [], users: [] },
    groups: TELEGRAM_DEFAULTS.groups,
    userPerMinute: TELEGRAM_DEFAULTS.userPerMinute,
    allPerMinute: TELEGRAM_DEFAULTS.allPerMinute,
    maxPrompt: TELEGRAM_DEFAULTS.maxPrompt,
    show: TELEGRAM_DEFAULTS.show,
  },
  () => Promise.reject(new Error("nobody is talked to where logs are only read")),
);
