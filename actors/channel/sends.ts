import type { z } from "zod";
import { chargeSends, wellSettled } from "#actors/turn/mod.ts";
import type { Send } from "#runtime/mod.ts";
import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent, channelViewSchema } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { workerAddress } from "#subjects/job.ts";
import { type Address, addressOf, isAddress, parseAddress } from "#subjects/mod.ts";
import type { TelegramMail } from "#subjects/telegram.ts";
import { chatOf } from "#subjects/telegram-chat.ts";
import { cancelInput, routeInput } from "./tools.ts";

/** Length of the preview in the view. Units: UTF-16 units. */
const MAX_PREVIEW = 120;

/** Work that says nothing for so long after it began is given up; it ends by itself well before. Units: ms. */
const OVERDUE_MS = 20 * 60_000;

/** Entry of the view `channels` before the runtime adds its `seq`. */
type Entry = Omit<z.output<typeof channelViewSchema>, "seq">;

type Sends = Readonly<Record<string, Send>>;

type Of = { readonly address: Address; readonly id: string; readonly at: number };

/** What was said shows in the view and in the chat; what an answer began, passed on or cost leaves as mail. */
export function sends(event: ChannelEvent, of: Of): Sends {
  const chat = chatOf(of.address);
  const data = chat && told(event);
  const telling: Sends = chat && data ? { telegram: { type: "mail", to: chat, verb: "tell", data } } : {};
  return { ...besides(event, of), ...telling };
}

function besides(event: ChannelEvent, of: Of): Sends {
  switch (event.type) {
    case "said":
      return { ...view(of.at, event.data.text), ...answerSends(event.data, of) };
    case "thought":
      return answerSends(event.data, of);
    case "failed":
      return { ...view(of.at, event.data.reason), ...chargeSends(of.address, event.data) };
    default:
      return {};
  }
}

type Tell = Extract<TelegramMail, { verb: "tell" }>["data"];

/** What the people of a chat are told of an event. */
function told({ type, data }: ChannelEvent): Tell | undefined {
  switch (type) {
    case "said": {
      const { text, answers, re, model } = data;
      return { type, text, ...about(re), closes: answers !== undefined, model };
    }
    case "thought":
      return data.answers === undefined ? undefined : { type: "ended", text: "", ...about(data.re), closes: true };
    case "failed":
      return { type, text: data.reason, ...about(data.re), closes: true };
    case "stopped":
      return { type, text: "", ...about(data.re), closes: true };
    case "warned":
      return { type, text: data.text, closes: false };
    default:
      return undefined;
  }
}

function about(re: Tell["re"]): Pick<Tell, "re"> {
  return re === undefined ? {} : { re };
}

type Answer = Extract<ChannelEvent, { type: "said" | "thought" }>["data"];

function answerSends(answer: Answer, of: Of): Sends {
  const { address } = of;
  const begun = (answer.began ?? []).flatMap((each) => beginning(each, of));
  const routed = wellSettled(answer, "route", routeInput).map(
    ({ index, input: { to, text } }) =>
      [`tell-${index}`, { type: "mail", to: workAt(address, to), verb: "tell", data: { text } }] as const,
  );
  const cancelled = wellSettled(answer, "cancel", cancelInput).map(
    ({ index, input: { to, reason } }) =>
      [`cancel-${index}`, { type: "mail", to: workAt(address, to), verb: "cancel", data: { reason } }] as const,
  );
  return { ...Object.fromEntries([...begun, ...routed, ...cancelled]), ...chargeSends(address, answer) };
}

type Began = NonNullable<Answer["began"]>[number];

/** A thought on the side is given up when it is overdue; a job may wait for people and for its turn, and says itself how it ended. */
function beginning({ call, kind, ...spawn }: Began, { address, id, at }: Of): readonly (readonly [string, Send])[] {
  const name = `spawn-${call}`;
  if (kind === "worker") {
    const { task: text, who } = spawn;
    const data = { assignment: { type: "task", text }, who, for: address };
    return [[name, { type: "mail", to: workerAddress(address, id, call), verb: "spawn", data }]];
  }
  const work = branchAddress(address, id, call);
  return [
    [name, { type: "mail", to: work, verb: "spawn", data: { from: address, ...spawn } }],
    [`overdue-${call}`, { type: "timer", dueAt: at + OVERDUE_MS, verb: "overdue", data: { work } }],
  ];
}

/** Work of one's own agent by its name alone. Shape of the name: `b3fA9xQ-0`, or `w3fA9xQ-0` of a job. */
function workAt(by: Address, to: string): Address {
  return isAddress(to) ? to : addressOf(parseAddress(by).agent, to.startsWith("w") ? "worker" : "branch", to);
}

function view(at: number, text: string): Sends {
  const data: Entry = { at, last: excerpt(text, MAX_PREVIEW) };
  return { view: { type: "view", view: "channels", data } };
}
