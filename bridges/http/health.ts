import { createRoute, z } from "@hono/zod-openapi";
import type { Bridge } from "./bridge.ts";
import { Problem, problemResponses, retryAfter } from "./problem.ts";

const okSchema = z.object({ status: z.literal("ok") }).openapi("Ok");

const responses = { 200: { description: "It is.", content: { "application/json": { schema: okSchema } } } };

/** `GET /healthz`. */
export const healthz = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "healthz",
  summary: "Whether this process lives",
  responses,
});

/** `GET /readyz`. */
export const readyz = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "readyz",
  summary: "Whether messages are answered: the bus is reached and a process of kind channel answers on it",
  responses: { ...responses, ...problemResponses("not-ready", "internal") },
});

/** How long a process of kind channel has to answer. Units: ms. */
const PING_MS = 1_000;

/** Throws: Problem when messages would not be answered just now. */
export async function requireReady({ client, isStopping }: Bridge): Promise<void> {
  const headers = retryAfter(1_000);
  if (isStopping) throw new Problem("not-ready", "This bridge is stopping.", { headers });
  if (!client.wire.connected) throw new Problem("not-ready", "The bus cannot be reached.", { headers });
  try {
    await client.wire.nc.request("$SRV.PING.channel", "", { timeout: PING_MS });
  } catch (cause) {
    throw new Problem("not-ready", "No process of kind channel answers on the bus.", { cause, headers });
  }
}
