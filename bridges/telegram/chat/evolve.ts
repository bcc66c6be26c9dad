import type { Placed } from "#runtime/mod.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import type { Outgoing } from "#subjects/telegram-shown.ts";
import type { Admitted } from "#subjects/telegram-update.ts";
import { firstOf } from "./coming.ts";
import { noticed, pressed, takenBack } from "./notices.ts";
import { counted, headOf, isOpen, placed, queued, without } from "./queue.ts";
import { type ChatState, type Item, MAX_EDITS, MAX_PASSED, type Shown } from "./state.ts";

type Data<Type extends TelegramEvent["type"]> = Extract<TelegramEvent, { type: Type }>["data"];

/** Folds one event of a chat. */
export function evolveChat(
  state: ChatState,
  event: TelegramEvent,
  { seq, id, at }: Pick<Placed, "seq" | "id" | "at">,
): ChatState {
  switch (event.type) {
    case "heard":
      return heard(state, event.data, { id, at });
    case "fetching":
      return fetching(state, event.data.messages, seq);
    case "gathering": {
      const { album, message } = event.data;
      const messages = [...(state.albums[album]?.messages ?? []), message];
      return { ...state, albums: { ...state.albums, [album]: { messages, at } } };
    }
    case "commanded":
      return commanded(state, event.data, seq);
    case "pressed":
      return pressed(state, event.data, { seq, id });
    case "answered":
      return { ...state, presses: state.presses.filter(({ query }) => query !== event.data.query) };
    case "turned": {
      const { place, message, why } = event.data;
      return queued({ ...unparked(state), ...placeIn(state, place) }, [{ type: "words", text: why, to: message }]);
    }
    case "edited":
      return { ...state, edits: [...state.edits, event.data.text].slice(-MAX_EDITS) };
    case "joined":
      return event.data.present ? { ...unparked(state), ...placeIn(state, event.data.place) } : parked(state, GONE);
    case "moved":
      return moved(state, event.data.to);
    case "told":
      return told(state, event.data);
    case "noticed":
      return noticed(state, event.data);
    case "offered":
    case "looked":
      return shownLater(state, event);
    default:
      return evolveQueue(state, event, at);
  }
}

/** What becomes of things that are shown. */
function evolveQueue(state: ChatState, event: TelegramEvent, at: number): ChatState {
  switch (event.type) {
    case "speaking":
      return queued(state, [{ type: "words", text: "", open: event.data.ref, to: event.data.to }]);
    case "placed":
      return placed(state, event.data, at);
    case "shown":
      return { ...without(state, event.data.n), calls: counted(state, at) };
    case "dropped":
      return without(state, event.data.n);
    case "parked":
      return parked(state, event.data.why);
    case "wearied":
      return wearied(state, event.data.ref);
    default:
      return state;
  }
}

/** Why nothing can be shown where the bot may not be. */
const GONE = "the bot may not write there any more";

function heard(
  state: ChatState,
  { place, message, start, hear }: Data<"heard">,
  placed: Pick<Placed, "id" | "at">,
): ChatState {
  const { ref = "" } = hear;
  return {
    ...unparked(state),
    ...placeIn(state, place),
    start,
    edits: [],
    fetches: withoutFetch(state.fetches, message),
    passed: [...state.passed.filter((each) => each !== message), message].slice(-MAX_PASSED),
    open: [...state.open.filter((each) => each.message !== message), { ref, message, ...placed }],
  };
}

function fetching(state: ChatState, messages: readonly Admitted[], seq: number): ChatState {
  const [first] = messages;
  const album = first?.incoming.type === "message" ? first.incoming.album : undefined;
  const { [album ?? ""]: _, ...albums } = state.albums;
  return {
    ...unparked(state),
    ...(first === undefined ? {} : placeIn(state, first.place)),
    albums,
    fetches: { ...state.fetches, [`fetch-${seq}`]: messages },
  };
}

function withoutFetch(fetches: ChatState["fetches"], message: number): ChatState["fetches"] {
  return Object.fromEntries(Object.entries(fetches).filter(([, messages]) => firstOf(messages) !== message));
}

function commanded(state: ChatState, data: Data<"commanded">, seq: number): ChatState {
  const { place, start = state.start, look, show = [] } = data;
  const open = start === state.start ? state.open : [];
  const next: ChatState = {
    ...unparked(state),
    ...placeIn(state, place),
    start,
    open,
    looks: look === undefined ? state.looks : { ...state.looks, [`look-${seq}`]: look },
  };
  return queued(start === state.start ? next : ended({ ...next, edits: [] }), show);
}

/** Words that were still to come are none of the fresh start's. */
function ended(state: ChatState): ChatState {
  const begun = state.queue.find(isOpen);
  return begun === undefined ? state : finished(state, begun, NOTHING_MORE);
}

function told(before: ChatState, { tell, show = [], returned }: Data<"told">): ChatState {
  const state = returned === undefined ? before : takenBack(before, returned);
  const re = new Set(tell.re ?? []);
  const next: ChatState = {
    ...state,
    ...(tell.model === undefined ? {} : { model: tell.model }),
    open: tell.closes ? state.open.filter(({ ref }) => !re.has(ref)) : state.open,
  };
  const [first, ...rest] = show;
  // Words that are shown as they come are now there whole.
  const begun = state.queue.find(({ out }) => out.type === "words" && out.open !== undefined && re.has(out.open));
  if (begun === undefined) return queued(next, show);
  if (first === undefined || first.type !== "words") {
    return tell.closes ? queued(finished(next, begun, NOTHING_MORE), show) : queued(next, show);
  }
  const to = begun.out.type === "words" && begun.out.to !== undefined ? { to: begun.out.to } : {};
  return queued(finished(next, begun, { ...first, ...to }), rest);
}

/** A message that has waited too long is attended to no more, and words that never came whole end. */
function wearied(state: ChatState, ref: string): ChatState {
  const begun = state.queue.find(({ out }) => out.type === "words" && out.open === ref);
  const next = { ...state, open: state.open.filter((each) => each.ref !== ref) };
  return begun === undefined ? next : finished(next, begun, NOTHING_MORE);
}

/** In the group's new number no message has its old one. */
function moved(state: ChatState, to: number): ChatState {
  if (to === state.place.chat) return state;
  const queue = state.queue.map(({ n, out }): Item => {
    if (out.type !== "words") return { n, out, placed: [] };
    const { to: _, ...words } = out;
    return { n, out: words, placed: [] };
  });
  const notices = Object.entries(state.notices).map(([ref, notice]): [string, Shown] => [
    ref,
    { ...notice, messages: [] },
  ]);
  return {
    ...state,
    place: { ...state.place, chat: to },
    passed: [],
    queue,
    notices: Object.fromEntries(notices),
  };
}

/** Stands where words had begun to come and none were left. */
const NOTHING_MORE: Outgoing = { type: "words", text: "(no more words)" };

function finished(state: ChatState, item: Item, out: Outgoing): ChatState {
  const whole = { ...item, out };
  const others = state.queue.filter(({ n }) => n !== item.n);
  const head = others.findIndex(({ n }) => n === headOf(state.queue)?.n);
  // It overtakes nothing that is just being shown.
  const at = Math.max(state.queue.indexOf(item), head + 1);
  return { ...state, queue: others.toSpliced(at, 0, whole) };
}

function shownLater(state: ChatState, event: Extract<TelegramEvent, { type: "offered" | "looked" }>): ChatState {
  if (event.type === "offered") return queued(state, event.data.show ?? []);
  const { [event.data.key]: _, ...looks } = state.looks;
  return queued({ ...state, looks }, event.data.show ?? []);
}

/** What is newly known of the chat; its number changes by nothing but a move, which is no news to what came before it. */
function placeIn({ place: { chat } }: ChatState, place: ChatState["place"]): Pick<ChatState, "place"> {
  return { place: { ...place, chat } };
}

function parked(state: ChatState, why: string): ChatState {
  return { ...state, parked: why, queue: [], open: [], presses: [], fetches: {}, albums: {} };
}

function unparked(state: ChatState): ChatState {
  const { parked: _, ...rest } = state;
  return rest;
}
