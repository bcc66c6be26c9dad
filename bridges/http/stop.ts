import { randomBytes } from "node:crypto";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Bridge } from "./bridge.ts";
import { channelFor, type HttpEnv } from "./caller.ts";
import { CameOf } from "./came-of.ts";
import { onBus } from "./deadline.ts";
import { postedSchema } from "./messages.ts";
import { Problem, type ProblemCode, problemResponses } from "./problem.ts";
import { whileAsked } from "./while-asked.ts";

/** How long the channel has to say what came of it. Units: ms. */
const STOP_MS = 5_000;

const stoppedSchema = postedSchema.extend({ seq: z.int() }).openapi("Stopped");

const json = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });

/** What may keep a turn from being stopped. */
const PROBLEMS_HERE: readonly ProblemCode[] = [
  ...(["invalid-request", "bad-channel", "no-token", "unknown-token", "not-allowed", "refused"] as const),
  ...(["nothing-to-stop", "too-many-requests", "internal", "bus-away"] as const),
];

/** `POST /v1/channels/{name}/stop`. */
export const stopTurn = createRoute({
  method: "post",
  path: "/v1/channels/{name}/stop",
  operationId: "stopTurn",
  summary: "Stops the turn that goes on in a channel",
  description:
    "What was said there so far is thought about no further, and whoever waits for an answer is told so (turn-stopped). " +
    "202 where the channel has not said in 5 s what came of it: it stops as soon as a process serves it.",
  security: [{ bearer: [] }],
  request: {
    params: z.object({ name: z.string().min(1).openapi({ example: "ci" }) }),
    query: z.object({ agent: z.string().min(1).max(240).optional() }),
  },
  responses: {
    200: {
      description: "It is stopped; seq is the place of stopped in the channel's log.",
      content: json(stoppedSchema),
    },
    202: { description: "The bus has the wish.", content: json(postedSchema) },
    ...problemResponses(...PROBLEMS_HERE),
  },
});

/** Stops turns. */
export function turnStopper(bridge: Bridge) {
  return async (c: Context<HttpEnv>, wanted: { readonly name: string; readonly agent?: string }) => {
    const caller = c.get("caller");
    const address = channelFor(caller, wanted.name, wanted.agent);
    const id = randomBytes(9).toString("base64url");
    const posted = { id, channel: wanted.name, address };
    using coming = new CameOf(bridge.hearing, address, id);
    const body = { who: { party: "http", id: caller.name } };
    const send = (signal: AbortSignal) => bridge.client.send(address, "stop", body, { id, signal });
    await onBus(send, "whether it was stopped nobody knows; to stop twice does no harm");
    const end = await whileAsked(bridge, coming.came, STOP_MS, c.env?.outgoing);
    if (end === undefined) return c.json(posted, 202);
    if (end.type === "done") return c.json({ ...posted, seq: end.record.seq }, 200);
    throw new Problem(end.code === "nothing-to-stop" ? "nothing-to-stop" : "refused", end.reason, { address });
  };
}
