import type { TelegramEvent } from "#subjects/telegram.ts";
import type { Admitted } from "#subjects/telegram-update.ts";
import { admittedText, turnedText } from "./admitted.ts";
import type { AgentUpdate } from "./brought.ts";
import { countedOf, overLimit, withCounted } from "./rate.ts";
import { type PollerRules, standingOf } from "./rules.ts";
import { askingAt, type Counted, MAX_ASKING, MINUTE_MS, type PollerState } from "./state.ts";

/** A code lives so long. Units: ms. */
const CODE_MS = 60 * 60_000;

/** What the gate lets through of a batch, and what it takes note of. */
export type Passed = {
  readonly updates: readonly Admitted[];
  readonly asking: readonly NonNullable<Extract<TelegramEvent, { type: "received" }>["data"]["asking"]>[number][];
  readonly hasty: readonly number[];
};

/** How it stands while a batch goes through: as the state will stand after it. */
type Going = Passed & {
  readonly recent: readonly Counted[];
  readonly codes: readonly string[];
};

/** Judges updates one after the other, the earlier ones counting for the later. Units: `at` ms since 1970. */
export function throughGate(
  state: PollerState,
  rules: PollerRules,
  updates: readonly AgentUpdate[],
  codes: readonly string[],
  at: number,
): Passed {
  const start: Going = { updates: [], asking: [], hasty: [], recent: state.recent, codes };
  return updates.reduce((going, update) => through(state, rules, going, update, at), start);
}

function through(state: PollerState, rules: PollerRules, going: Going, update: AgentUpdate, at: number): Going {
  const { incoming, place } = update;
  if (incoming.type === "moved") return admitted(going, { ...update, role: "guest" });
  const role = standingOf(state, rules, incoming.from.id);
  const known = { ...update, role };
  if (incoming.type === "membership") return admitted(going, known);
  if (place.kind === "group" && rules.groups === "off") return going;
  if (role === "guest") return stranger(state, rules, going, known, at);
  if (incoming.type === "message" && !incoming.addressed && rules.groups === "mention") return going;
  return bounded(state, rules, going, known, at);
}

/** In private somebody unknown is told once how to be let in, and nothing of what they say is kept; in groups not even that. */
function stranger(state: PollerState, rules: PollerRules, going: Going, update: Admitted, at: number): Going {
  const { incoming, place } = update;
  if (incoming.type === "pressed") {
    const counted = countedOf(incoming, true, at);
    if (counted === undefined || overLimit(going.recent, counted, rules) !== undefined) return going;
    return admitted(going, { ...update, turned: "This is not for you." }, counted);
  }
  if (incoming.type !== "message" || place.kind !== "private") return going;
  const living = [...askingAt(state, at), ...going.asking];
  const isKnown = living.some(({ person }) => person.id === incoming.from.id);
  const [code, ...codes] = going.codes.filter((each) => !living.some((other) => other.code === each));
  if (isKnown || living.length >= MAX_ASKING || code === undefined) return going;
  const asking = { code, person: incoming.from, chat: place.chat, until: at + CODE_MS };
  return { ...going, codes, asking: [...going.asking, asking] };
}

/** Whoever is known is heard within bounds, and told where those are. */
function bounded(state: PollerState, rules: PollerRules, going: Going, update: Admitted, at: number): Going {
  const { incoming } = update;
  const counted = countedOf(incoming, false, at);
  const over = counted === undefined ? undefined : overLimit(going.recent, counted, rules);
  if (counted === undefined || over === undefined) return admitted(going, admittedText(update, rules), counted);
  const { person } = counted;
  if (going.hasty.includes(person) || (state.hasty[`${person}`] ?? Number.NEGATIVE_INFINITY) > at - MINUTE_MS) {
    return going;
  }
  const { userPerMinute: own, allPerMinute: all } = rules;
  const turned =
    over === "person"
      ? `That was too much at once: I take ${own} messages a minute from each person, and this one I have not heard. Send it again in a minute.`
      : `Too many people write at once: I take ${all} messages a minute in all, and this one I have not heard. Send it again in a minute.`;
  return { ...admitted(going, turnedText(update, turned), counted), hasty: [...going.hasty, person] };
}

function admitted(going: Going, update: Admitted, counted?: Counted): Going {
  const recent = counted === undefined ? going.recent : withCounted(going.recent, counted, counted.at);
  return { ...going, recent, updates: [...going.updates, update] };
}
