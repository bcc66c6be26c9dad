import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Hearing } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";
import type { Bridge } from "./bridge.ts";
import { channelFor, type HttpEnv } from "./caller.ts";
import { onBus } from "./deadline.ts";
import { EventStream, type Pace } from "./event-stream.ts";
import { Problem, problemResponses, retryAfter } from "./problem.ts";
import type { Slot } from "./slots.ts";
import { Tail } from "./tail.ts";

/** How streams go. Units: ms. */
const PACE: Pace = { keepAliveMs: 15_000, stalledMs: 30_000 };

/** A place in a log, as a request has it. */
export const seqSchema = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Where to read from. */
const querySchema = z.object({
  from: seqSchema
    .optional()
    .openapi({ description: "The first sequence to read; 0 for all of the log. Left out: what comes now." }),
  agent: z.string().min(1).max(240).optional(),
});

/** `GET /v1/channels/{name}/events`. */
export const readEvents = createRoute({
  method: "get",
  path: "/v1/channels/{name}/events",
  operationId: "readEvents",
  summary: "Follows a channel as server-sent events",
  description:
    "Records of the log come as events of their own name with their sequence as id, each once and in order: heard, said, thought " +
    "(tools were called), used (what came of one), failed, stopped, reported and concluded (of work on the side), warned. The " +
    "event with answers, of whatever name, ends a turn; said without them is said while it goes on, to those in to. What is told in " +
    "passing (delta, status, refusal) has no id and may be missed. Last-Event-ID goes on after a record. An event named closed says " +
    "why the bridge ends a stream.",
  security: [{ bearer: [] }],
  request: {
    params: z.object({ name: z.string().min(1).openapi({ example: "ci" }) }),
    query: querySchema,
    headers: z.object({
      "Last-Event-ID": seqSchema.optional().openapi({ description: "Records after this are sent." }),
    }),
  },
  responses: {
    200: { description: "Events, until the reader leaves.", content: { "text/event-stream": { schema: z.string() } } },
    ...problemResponses(
      ...(["invalid-request", "bad-channel", "no-token", "unknown-token", "not-allowed"] as const),
      ...(["too-many-requests", "too-many-streams", "internal", "bus-away", "busy", "stopping"] as const),
    ),
  },
});

/** Where a reader wants to begin. */
export type Place = { readonly from?: number; readonly after?: number };

/** Streams a channel's events. */
export function eventStreamer(bridge: Bridge, pace?: Pace) {
  const open = streamOpener(bridge, pace);
  return async (c: Context<HttpEnv>, wanted: Place & { readonly name: string; readonly agent?: string }) =>
    await open(c, bridge.hearing, () => channelFor(c.get("caller"), wanted.name, wanted.agent), wanted);
}

/** Streams what happens to an actor, once it is known which is meant. */
export function streamOpener(bridge: Bridge, pace: Pace = PACE) {
  return async (
    c: Context<HttpEnv>,
    hearing: Hearing,
    meant: () => Address | Promise<Address>,
    wanted: Place,
  ): Promise<Response> => {
    if (bridge.isStopping)
      throw new Problem("stopping", "This bridge opens no new stream.", { headers: retryAfter(0) });
    const caller = c.get("caller");
    const address = await meant();
    const last = (signal: AbortSignal) => bridge.client.last(address, signal);
    const fromSeq = placeOf(wanted) ?? (await onBus(last, "nothing can be read now"))?.seq ?? 0;
    const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const slot = slotFor(bridge, caller);
    const tail = new Tail(bridge.client, hearing, address, fromSeq);
    const stream = new EventStream({
      tail,
      pace,
      mayGoOn: () =>
        bridge.holders.find(caller.hash).then(
          (holder) => holder !== undefined,
          () => true,
        ),
      cut: () => {
        // The same connection may carry another request by now.
        if (c.env?.outgoing?.writableFinished === false) c.env.outgoing.destroy();
      },
      onEnd: (why) => {
        slot[Symbol.dispose]();
        forget();
        bridge.logger.debug({ event: "stream-ended", address, token: caller.name, why }, "a stream ended");
      },
    });
    const forget = bridge.whenStopping(() => stream.close(STOPPING));
    return c.body(stream.body, 200, headers);
  };
}

const STOPPING = { code: "stopping", detail: "the bridge stops; come back in a moment with Last-Event-ID" } as const;

/** The sequence before the first that is wanted; what was read already counts more than where somebody began once. */
function placeOf({ from, after }: Place): number | undefined {
  return after ?? (from === undefined ? undefined : Math.max(0, from - 1));
}

function slotFor({ streamSlots }: Bridge, { hash, name }: { readonly hash: string; readonly name: string }): Slot {
  const taken = streamSlots.take(hash);
  if (taken.type === "slot") return taken;
  const headers = retryAfter(10_000);
  if (taken.of === "all") throw new Problem("busy", `${streamSlots.taken} streams are open already.`, { headers });
  throw new Problem("too-many-streams", `Token ${name} has as many streams open as it may.`, { headers });
}
