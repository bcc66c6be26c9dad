import type { Outcome } from "#bridges/conversation/turn.ts";
import type { Client } from "#runtime/mod.ts";
import type { Address, Who } from "#subjects/mod.ts";
import { Conversation, type Happening, sayable } from "./conversation.ts";
import { newestSeq, recordsSince } from "./past.ts";

/** One message to send. */
export type Message = {
  readonly address: Address;
  readonly who: Who;
  readonly text: string;
  /** Remembered for 24 hours: the same key is the same message. */
  readonly key?: string;
  readonly onHappening?: (happening: Happening) => void;
};

/** A key names one message for so long; looked back a little further. Units: ms. */
const KEY_LIFE_MS = 24 * 60 * 60_000 + 60_000;

/** Sends one message; resolves with its id when the bus has it. Throws: TextTooLong. */
export async function sendMessage(client: Client, { address, who, text, key }: Message): Promise<string> {
  return client.send(address, "hear", { text: sayable(text), who }, key === undefined ? {} : { key });
}

/** Sends one message and waits for its answer, also where the same key was answered before. */
export async function askMessage(
  client: Client,
  message: Message,
): Promise<{ readonly id: string; readonly outcome: Outcome }> {
  const { address, key } = message;
  const past = key === undefined ? [] : await recordsSince(client, address, Date.now() - KEY_LIFE_MS);
  const fromSeq = past.at(-1)?.seq ?? (await newestSeq(client, address));
  using conversation = new Conversation(client, address, { ...message, fromSeq });
  const { posted, answered } = conversation.say(message.text, key);
  conversation.recall(past);
  const [id, outcome] = await Promise.all([posted, answered]);
  return { id, outcome };
}
