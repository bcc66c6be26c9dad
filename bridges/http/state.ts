import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Address, KINDS, parseAddress, STATE, stateAnswerSchema } from "#subjects/mod.ts";
import type { Bridge } from "./bridge.ts";
import type { HttpEnv } from "./caller.ts";
import { Problem, problemResponses, retryAfter } from "./problem.ts";

/** A sequence, or a time. */
const momentSchema = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform((text) => ({ seq: Number(text) })),
  z.iso.datetime({ offset: true }).transform((text) => ({ time: Date.parse(text) })),
  z.iso.date().transform((text) => ({ time: Date.parse(text) })),
]);

const stateSchema = z
  .object({
    address: z.string(),
    seq: z.int().openapi({ description: "Sequence of the newest event in it." }),
    state: z.unknown(),
  })
  .openapi("State");

/** `GET /v1/state/{address}`. */
export const readState = createRoute({
  method: "get",
  path: "/v1/state/{address}",
  operationId: "readState",
  summary: "An actor's state, now or as of then",
  description: "Needs a token of role owner.",
  security: [{ bearer: [] }],
  request: {
    params: z.object({ address: z.string().openapi({ example: "main.channel.http-ci" }) }),
    query: z.object({
      at: momentSchema.optional().openapi({
        type: "string",
        description: "A sequence of its log, or a time: as of the newest event at or before it.",
        example: "2026-11-21T12:00:00Z",
      }),
    }),
  },
  responses: {
    200: { description: "How it stands, or stood.", content: { "application/json": { schema: stateSchema } } },
    ...problemResponses(
      ...(["invalid-request", "no-token", "unknown-token", "not-allowed", "no-log"] as const),
      ...(["too-many-requests", "internal", "actor-away"] as const),
    ),
  },
});

type Moment = z.output<typeof momentSchema>;

/** Reads an actor's state by asking its owner. */
export function stateReader(bridge: Bridge) {
  return async (c: Context<HttpEnv>, given: string, at: Moment | undefined) => {
    const { role, name } = c.get("caller");
    if (role !== "owner") throw new Problem("not-allowed", `Token ${name} has role user; a state is for owners.`);
    const address = requireAddress(given);
    const { seq, state } = stateAnswerSchema.parse(await ask(bridge, address, STATE, at));
    if (seq === 0)
      throw new Problem("no-log", `${address} has no log${at === undefined ? "" : " as of then"}.`, { address });
    return c.json({ address, seq, state }, 200);
  };
}

/** Asks an actor's owner. Throws: Problem `actor-away`. */
export async function ask({ client }: Bridge, address: Address, question: string, at?: Moment): Promise<unknown> {
  try {
    return await client.ask(address, question, at);
  } catch (cause) {
    const detail = `${cause instanceof Error ? cause.message : cause}`;
    throw new Problem("actor-away", detail, { address, cause, headers: retryAfter(1_000) });
  }
}

function requireAddress(text: string): Address {
  try {
    const { kind } = parseAddress(text);
    if (KINDS.some((contract) => contract.kind === kind)) return text as Address;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem("invalid-request", "The address is none.", { errors: [{ path: "address", message }], cause });
  }
  throw new Problem("no-log", `There is no kind of actor that ${text} could be of.`, { address: text });
}
