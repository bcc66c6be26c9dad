import type { Placed } from "#runtime/mod.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { countedOf, withCounted } from "./rate.ts";
import { withSeen } from "./seen.ts";
import { askingAt, MINUTE_MS, type PollerState } from "./state.ts";

type Data<Name extends TelegramEvent["type"]> = Extract<TelegramEvent, { type: Name }>["data"];

/** The poller after an event; those of chats change nothing. */
export function evolvePoller(state: PollerState, event: TelegramEvent, { at }: Pick<Placed, "at">): PollerState {
  switch (event.type) {
    case "opened":
      return { ...state, isOpen: true };
    case "connected":
      return connected(state, event.data);
    case "received":
      return received(state, event.data, at);
    case "paired":
      return paired(state, event.data, at);
    case "unpaired": {
      const { [`${event.data.person.id}`]: _, ...people } = state.people;
      return { ...state, people };
    }
    default:
      return state;
  }
}

/** Numbers are of one bot: another one counts its own. */
function connected(state: PollerState, { bot, id, mode, problem }: Data<"connected">): PollerState {
  const isOther = id !== undefined && state.id !== undefined && id !== state.id;
  const { problem: _, ...rest } = state;
  return {
    ...rest,
    mode,
    seen: isOther ? [] : state.seen,
    ...(bot === undefined ? {} : { bot }),
    ...(id === undefined ? {} : { id }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What was turned away counts too: it came, and was answered. */
function received(state: PollerState, data: Data<"received">, at: number): PollerState {
  const { updates, numbers, asking = [], hasty = [] } = data;
  const kept = Object.entries(state.hasty).filter(([, toldAt]) => toldAt > at - MINUTE_MS);
  return {
    ...state,
    seen: withSeen(state.seen, numbers),
    asking: [...askingAt(state, at), ...asking],
    recent: updates.reduce(
      (recent, { incoming, role }) => withCounted(recent, countedOf(incoming, role === "guest", at), at),
      withCounted(state.recent, undefined, at),
    ),
    hasty: { ...Object.fromEntries(kept), ...Object.fromEntries(hasty.map((person) => [`${person}`, at])) },
  };
}

function paired(state: PollerState, { code, person, admit }: Data<"paired">, at: number): PollerState {
  const asking = state.asking.flatMap((each) => {
    if (each.code !== code) return [each];
    return admit ? [] : [{ ...each, isTurned: true as const }];
  });
  return admit
    ? { ...state, asking, people: { ...state.people, [`${person.id}`]: { ...person, since: at } } }
    : { ...state, asking };
}
