import { randomBytes } from "node:crypto";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Outcome, whyNot } from "#bridges/conversation/turn.ts";
import type { Address } from "#subjects/mod.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import { requireAgent } from "./agents.ts";
import type { Bridge } from "./bridge.ts";
import { type Caller, channelFor, type HttpEnv } from "./caller.ts";
import { onBus } from "./deadline.ts";
import { digestOf, mailIdOf } from "./mail-id.ts";
import { Problem, type ProblemCode, problemResponses, retryAfter } from "./problem.ts";
import type { Slot } from "./slots.ts";
import type { Wait } from "./waits.ts";
import { whileAsked } from "./while-asked.ts";

/** A key names one message for so long. Units: ms. */
const KEY_LIFE_MS = 24 * 60 * 60_000;

/** A text takes one of the slots for waiting requests for each so many characters begun: what waits is kept in memory. */
const SLOT_CHARACTERS = 4_096;

/** A message to a channel. */
const messageSchema = z
  .object({
    channel: z
      .string()
      .min(1)
      .max(1_000)
      .openapi({ description: "A name, or the address of a channel.", example: "ci" }),
    text: z
      .string()
      .max(MAX_TEXT)
      .refine((text) => text.trim() !== "", "it says nothing")
      .openapi({ example: "hello" }),
    agent: z.string().min(1).max(240).optional().openapi({ example: "main" }),
    wait: z.boolean().default(false).openapi({ description: "Answer with the reply, if it comes in time." }),
  })
  .openapi("Message");

/** Mail that the bus has. */
export const postedSchema = z.object({ id: z.string(), channel: z.string(), address: z.string() }).openapi("Posted");

const answeredSchema = postedSchema
  .extend({
    reply: z.string().openapi({
      description:
        "All that was said to this message in its turn, in paragraphs; empty where the turn ended without a word.",
    }),
    seq: z.int(),
  })
  .openapi("Answered");

const json = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });

/** What may keep a message from being taken or answered. */
const PROBLEMS_HERE: readonly ProblemCode[] = [
  ...(["malformed-json", "invalid-request", "bad-channel", "bad-key", "no-token", "unknown-token"] as const),
  ...(["not-allowed", "no-agent", "refused", "too-large", "text-too-long", "not-json", "key-reused"] as const),
  ...(["too-many-requests", "too-many-waits", "channel-full", "internal", "turn-failed"] as const),
  ...(["turn-stopped", "bus-away", "busy", "stopping"] as const),
];

/** `POST /v1/messages`. */
export const postMessage = createRoute({
  method: "post",
  path: "/v1/messages",
  operationId: "postMessage",
  summary: "Says something in a channel",
  description:
    "202 once the bus has the message. With wait, 200 with the reply, or 202 when none came in time or the bridge stops: " +
    "the same Idempotency-Key asks again for the same message, for 24 hours.",
  security: [{ bearer: [] }],
  request: {
    headers: z.object({
      "Idempotency-Key": z.string().optional().openapi({ description: "The same key of one token is one message." }),
    }),
    body: { required: true, content: json(messageSchema) },
  },
  responses: {
    200: {
      description: "The turn ended with this reply; seq is its place in the channel's log.",
      content: json(answeredSchema),
    },
    202: { description: "The bus has the message.", content: json(postedSchema) },
    ...problemResponses(...PROBLEMS_HERE),
  },
});

/** A message on its way. */
type Posting = {
  readonly address: Address;
  readonly id: string;
  readonly isKeyed: boolean;
  readonly text: string;
  readonly caller: Caller;
};

/** Posts a message, and waits for its answer where that is wanted. */
export function messagePoster(bridge: Bridge) {
  return async (c: Context<HttpEnv>, body: z.output<typeof messageSchema>) => {
    if (bridge.isStopping)
      throw new Problem("stopping", "This bridge takes no new messages.", { headers: retryAfter(0) });
    const caller = c.get("caller");
    const { channel, text } = body;
    const key = c.req.header("Idempotency-Key");
    const address = channelFor(caller, channel, body.agent);
    await requireAgent(bridge, address);
    const id = key === undefined ? randomBytes(9).toString("base64url") : mailIdOf(caller.name, key);
    const posting = { address, id, isKeyed: key !== undefined, text, caller };
    const posted = { id, channel, address };
    if (!body.wait && key === undefined) {
      await post(bridge, posting);
      return c.json(posted, 202);
    }
    using _slot = body.wait ? slotFor(bridge, posting) : undefined;
    using wait = beginWait(bridge, posting);
    await post(bridge, posting);
    const asker = c.env?.outgoing;
    if (posting.isKeyed) {
      await whileAsked(bridge, Promise.race([wait.mail.heard, wait.mail.lookedBack]), LOOK_MS, asker);
      requireSameText(wait, text, posted);
    }
    if (!body.wait) return c.json(posted, 202);
    const outcome = await whileAsked(bridge, wait.mail.ended, bridge.options.waitMs, asker);
    requireSameText(wait, text, posted);
    return outcome === undefined ? c.json(posted, 202) : c.json(replyOf(outcome, posted), 200);
  };
}

/** How long a message without wait is looked for in the log, to tell whether its key was used before. Units: ms. */
const LOOK_MS = 5_000;

async function post({ client }: Bridge, { address, id, isKeyed, text, caller }: Posting): Promise<void> {
  const body = { text, who: { party: "http", id: caller.name } };
  const again = isKeyed
    ? "the same Idempotency-Key asks again for the same message"
    : "whether it has the message nobody knows: use an Idempotency-Key to be safe";
  const send = (signal: AbortSignal) => client.send(address, "hear", body, { [isKeyed ? "key" : "id"]: id, signal });
  await onBus(send, again);
}

function beginWait({ waits }: Bridge, { address, id, isKeyed }: Posting): Wait {
  const now = Date.now();
  return isKeyed
    ? waits.begin(address, id, now - KEY_LIFE_MS, "perhaps-before")
    : waits.begin(address, id, now, "yet-to-be-sent");
}

function slotFor({ waitSlots, options }: Bridge, { text, caller }: Posting): Slot {
  const taken = waitSlots.take(caller.hash, Math.ceil(text.length / SLOT_CHARACTERS));
  if (taken.type === "slot") return taken;
  const headers = retryAfter(options.waitMs / 10);
  if (taken.of === "each") {
    throw new Problem("too-many-waits", `Token ${caller.name} has as many waiting requests as it may.`, { headers });
  }
  throw new Problem("busy", `${waitSlots.taken} requests wait for answers already.`, { headers });
}

/** Throws: Problem when the key was used for another text before, as far as the log tells. */
function requireSameText({ mail }: Wait, text: string, posted: z.output<typeof postedSchema>): void {
  const { place } = mail;
  if (place === undefined || place.digest === digestOf(text)) return;
  const detail = `Under this key ${posted.address} heard another text, at seq ${place.seq}.`;
  throw new Problem("key-reused", detail, { ...posted, seq: place.seq });
}

/** The answer as it goes out. Throws: Problem when the turn had no good end. */
function replyOf(outcome: Outcome, posted: z.output<typeof postedSchema>): z.output<typeof answeredSchema> {
  switch (outcome.type) {
    case "said":
      return { ...posted, reply: outcome.text, seq: outcome.seq };
    case "failed":
    case "stopped": {
      const { type, seq, text } = outcome;
      const more = { ...posted, seq, ...(text === "" ? {} : { reply: text }) };
      throw new Problem(type === "failed" ? "turn-failed" : "turn-stopped", whyNot(outcome) ?? "", more);
    }
    case "refused":
      if (outcome.code !== "too-many-waiting") throw new Problem("refused", outcome.reason, posted);
      throw new Problem("channel-full", outcome.reason, { ...posted, headers: retryAfter(FULL_MS) });
  }
}

/** A full channel is asked again after so long. Units: ms. */
const FULL_MS = 5_000;
