import { LiveWords, type Question, type ThinkPort, think, use } from "#actors/thinking/mod.ts";
import { type Brought, type Conversation, offered, speakersIn, windowOf, workNote } from "#actors/turn/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import { channelContract } from "#subjects/channel.ts";
import { MAX_CALLS } from "./answer.ts";
import type { ChannelStep } from "./steps.ts";
import { CHANNEL_TOOLS } from "./tools.ts";

/** Told to the model at the last call that a turn has. */
const LAST_CALL = "(This is the last call of this turn: answer now, with what you have.)";

const TOOLS = offered(CHANNEL_TOOLS);

/** What a model is asked next in a conversation. */
export function questionOf(conversation: Conversation): Question {
  const { work, turn } = conversation;
  const isLast = (turn?.calls ?? 0) + 1 >= MAX_CALLS;
  const notes = [workNote(work), isLast ? LAST_CALL : undefined].filter((note) => note !== undefined);
  return { kind: channelContract.kind, window: windowOf(conversation), tools: TOOLS, notes };
}

/** Makes the `perform` of a channel: calls a model and tells its words live as they come, or has a tool done. */
export function performWith(port: ThinkPort) {
  return async (step: ChannelStep, tools: Tools<Brought>): Promise<Brought> => {
    const { conversation } = step;
    const { address, signal, artifacts } = tools;
    if (step.type === "use") {
      tools.live("status", { doing: "using", tool: step.call.name });
      return use(step.call, { from: address, seq: conversation.seq }, tools);
    }
    using words = new LiveWords(tools);
    const speakers = speakersIn(conversation);
    const everybody = [{ conversation: address }];
    const spenders = speakers.length === 0 ? everybody : speakers.map((who) => ({ conversation: address, who }));
    const of = { address, signal, spenders, artifacts };
    return await think(questionOf(conversation), of, port, (text, attempt) => words.push(text, attempt));
  };
}
