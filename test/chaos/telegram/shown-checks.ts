import { partsOf } from "#bridges/telegram/format/mod.ts";
import { byAddress, type Violation } from "#chaos/checks.ts";
import type { Stored } from "#chaos/stored.ts";
import type { Call } from "#support/telegram/calls.ts";
import type { FakeTelegram } from "#support/telegram/fake-api.ts";
import type { SeenMessage } from "#support/telegram/seen.ts";
import type { Fault } from "./crew.ts";
import { channelOf, type Room, type Written } from "./crowd.ts";

/** What stands where words will be. */
const PLACEHOLDER = "…";

/** A message that was placed may be lost to a fault that came so long before it or after it. Units: ms. */
const LOST_MS = { before: 500, after: 3_000 } as const;

/** How a server gives up that may have done it all the same. */
const BAD_GATEWAY = "Bad Gateway";

/** Words of a conversation, part by part, and the messages that they are to. */
type Spoken = { readonly text: string; readonly re: readonly number[]; readonly closes: boolean };

/** A message of the bot's that is seen, with the call that put it there. */
type Placed = { readonly message: SeenMessage; readonly call: Call };

/** An empty message that was left, and why. */
export type Left = { readonly chat: number; readonly why: "answer lost" | "fault" | "unexplained" };

/** What came of a room. Units: ms; a latency is the time from a message to the last words of its answer. */
export type RoomCheck = {
  readonly violations: readonly Violation[];
  readonly left: readonly Left[];
  readonly latencies: readonly number[];
};

/** Each answer is shown once, in its place and in order; what else is shown says nothing, and its cause is known. */
export function checkShown(
  fake: FakeTelegram,
  channels: readonly Stored[],
  written: readonly Written[],
  rooms: readonly Room[],
  faults: readonly Fault[],
): RoomCheck {
  const logs = byAddress(channels);
  const placed = new Map([...new Set(rooms.map(({ chat }) => chat))].map((chat) => [chat, placedIn(fake, chat)]));
  const checks = rooms.map((room) => {
    const spoken = (logs.get(channelOf(room)) ?? []).flatMap(spokenIn);
    const here = (placed.get(room.chat) ?? []).filter(({ message }) => message.thread === room.thread);
    return checkRoom(room, spoken, here, { fake, written, faults });
  });
  const strays = rooms.flatMap(({ chat }) =>
    (placed.get(chat) ?? []).filter(
      ({ message }) => !rooms.some((room) => room.chat === chat && room.thread === message.thread),
    ),
  );
  return {
    violations: [
      ...checks.flatMap(({ violations }) => violations),
      ...strays.map(({ message }) => ({ what: `shown in no topic that anybody wrote in: ${message.text}` })),
    ],
    left: checks.flatMap(({ left }) => left),
    latencies: checks.flatMap(({ latencies }) => latencies),
  };
}

type World = { readonly fake: FakeTelegram; readonly written: readonly Written[]; readonly faults: readonly Fault[] };

function checkRoom(
  room: Room,
  spoken: readonly Spoken[],
  placed: readonly Placed[],
  { fake, written, faults }: World,
): RoomCheck {
  const address = channelOf(room);
  const empty = placed.filter(({ message }) => message.text === PLACEHOLDER);
  const shown = placed.filter(({ message }) => message.text !== PLACEHOLDER).map(({ message }) => message);
  const left = empty.map((each): Left => ({ chat: room.chat, why: causeOf(each, faults) }));
  const bare = empty.filter((each) => causeOf(each, faults) === "unexplained");
  const wrong = inOrder(spoken, shown);
  const replies = wrong === undefined ? spoken.flatMap((each, at) => wrongReply(room, each, shown[at])) : [wrong];
  return {
    left,
    violations: [
      ...replies.map((what) => ({ what, address })),
      ...bare.map(({ message }) => ({
        what: `message ${message.message_id} is empty, and nothing tells why`,
        address,
      })),
    ],
    latencies: wrong === undefined ? spoken.flatMap((each, at) => latencies(fake, room, each, shown[at], written)) : [],
  };
}

/** In the order of its coming, what the bot has put into a chat: each message with its call. */
function placedIn(fake: FakeTelegram, chat: number): readonly Placed[] {
  const calls = fake.calls.filter(
    (call) => call.method === "sendMessage" && call.parameters.chat_id === chat && hasActed(call),
  );
  const shown = fake.shown(chat);
  if (shown.length !== calls.length) {
    throw new Error(`${calls.length} calls have sent something to ${chat}, and ${shown.length} messages are there`);
  }
  return shown.map((message, at) => ({ message, call: calls[at] as Call }));
}

/** Whether a call did what it was to do, be it that nobody was told of it; of a lost one it says otherwise why it did not. */
function hasActed({ outcome, error = BAD_GATEWAY }: Call): boolean {
  return outcome === "ok" || ((outcome === "lost" || outcome === "hung") && error === BAD_GATEWAY);
}

/** A place is given up where nobody was told of it, or whoever was told could not note it. */
function causeOf({ call }: Placed, faults: readonly Fault[]): Left["why"] {
  if (call.outcome !== "ok") return "answer lost";
  const isNear = ({ at, untilAt }: Fault): boolean =>
    at < call.at + LOST_MS.after && untilAt > call.at - LOST_MS.before;
  const hits = faults.some((fault) => fault.kind !== "channel" && isNear(fault));
  return hits ? "fault" : "unexplained";
}

function spokenIn({ event, data }: Stored): readonly Spoken[] {
  if (event !== "said" && event !== "failed") return [];
  const { text, reason, re = [], answers } = data as Told;
  const words = text ?? reason ?? "";
  if (words.trim() === "") return [];
  const to = { re: re.map(Number), closes: answers !== undefined };
  return partsOf(words, "rich").map((part) => ({ text: wordsOf(part), ...to }));
}

type Told = {
  readonly text?: string;
  readonly reason?: string;
  readonly re?: readonly string[];
  readonly answers?: readonly number[];
};

function wordsOf(part: ReturnType<typeof partsOf>[number]): string {
  return part.type === "rich" ? part.markdown : part.type === "text" ? part.text : part.name;
}

function inOrder(spoken: readonly Spoken[], shown: readonly SeenMessage[]): string | undefined {
  const [wanted, got] = [spoken.map(({ text }) => text), shown.map((each) => each.markdown ?? each.text)];
  const at = Array.from({ length: Math.max(wanted.length, got.length) }, (_, index) => index).find(
    (index) => wanted[index] !== got[index],
  );
  if (at === undefined) return undefined;
  const missing = wanted.filter((text) => !got.includes(text)).length;
  const doubled = got.filter((text, index) => got.indexOf(text) !== index).length;
  const id = shown[at]?.message_id;
  return `${wanted.length} answers, ${got.length} shown (${missing} missing, ${doubled} more than once); the ${at + 1}th is ${JSON.stringify(got[at])} (${id}) instead of ${JSON.stringify(wanted[at])}`;
}

/** In a group an answer names a message that it is to. */
function wrongReply({ chat }: Room, { re, text }: Spoken, shown: SeenMessage | undefined): readonly string[] {
  const to = shown?.reply_to;
  if (to === undefined ? chat > 0 || re.length === 0 : re.includes(to)) return [];
  return [`${JSON.stringify(text)} answers ${to ?? "nothing"} instead of ${re.join(" or ")}`];
}

function latencies(
  fake: FakeTelegram,
  { chat }: Room,
  { re, text, closes }: Spoken,
  shown: SeenMessage | undefined,
  written: readonly Written[],
): readonly number[] {
  const last = fake.calls.find(
    (call) =>
      call.method === "editMessageText" &&
      call.parameters.chat_id === chat &&
      call.parameters.message_id === shown?.message_id &&
      (call.parameters.rich_message as { readonly markdown?: string } | undefined)?.markdown === text &&
      hasActed(call),
  );
  if (!closes || last === undefined) return [];
  const asked = written.filter(({ room, message }) => room.chat === chat && re.includes(message));
  return asked.map(({ at }) => last.at - at);
}
