import { z } from "@hono/zod-openapi";

/** Everything that may go wrong, by our stable code: the status, what is true in general, and what to do next. */
export const PROBLEMS = {
  "malformed-json": [400, "The body is no JSON", "send one JSON object, in UTF-8"],
  "invalid-request": [
    400,
    "The request is not as the API has it",
    "mend what errors lists; GET /openapi.json has the API",
  ],
  "bad-channel": [400, "The channel cannot be meant", "use a short name, or an address: main.channel.http-ci"],
  "bad-key": [400, "The Idempotency-Key cannot be used", "use 1 to 1,024 characters that mean this message alone"],
  "no-token": [401, "A token is needed", "send Authorization: Bearer with a token of thalassa token create"],
  "unknown-token": [
    401,
    "The token is not known",
    "check it for missing characters; thalassa token list shows who has one",
  ],
  "not-allowed": [403, "The token's role does not allow this", "use a token of role owner, or a channel's plain name"],
  "job-forbidden": [403, "The job is not for this person", "ask an owner; setting roles.owners says who they are"],
  "no-route": [404, "There is nothing here", "GET /openapi.json lists what there is"],
  "no-agent": [404, "There is no such agent", "leave agent out for main; thalassa agents lists them"],
  "no-log": [404, "Nothing ever happened to this actor", "check the address; a channel begins with its first message"],
  "no-job": [404, "There is no such job", "check the id; GET /v1/jobs?all=true lists them"],
  "wrong-method": [405, "The method is not for this path", "use one of those in Allow"],
  refused: [409, "It was refused", "read why, and send it again once that has changed"],
  "no-approval": [
    409,
    "There is not one thing to allow",
    "name it in approval, as GET /v1/jobs/{id} has it; where nothing waits there is nothing to do",
  ],
  "nothing-to-stop": [409, "There is nothing to stop", "nothing; what was said in the channel is answered"],
  "turn-stopped": [
    409,
    "The turn was stopped before its answer",
    "say it again under a new key, if it is still wanted",
  ],
  "too-large": [413, "The body is too large", "send less: a message may have 65,536 characters"],
  "text-too-long": [413, "The text is too long", "send it in parts"],
  "not-json": [415, "The body is not said to be JSON", "send Content-Type: application/json"],
  "key-reused": [422, "The Idempotency-Key was used for another text", "use a new key for a new message"],
  "too-many-requests": [429, "Too many requests with this token", "ask again after Retry-After seconds"],
  "too-many-waits": [
    429,
    "Too many requests of this token wait",
    "ask again after Retry-After seconds, or without wait",
  ],
  "too-many-streams": [429, "Too many event streams of this token are open", "close one, or ask again later"],
  "channel-full": [429, "Too many messages wait in this channel", "send it again when some are answered"],
  internal: [500, "This is our mistake", "the log of the bridge has more; say so to whoever runs it"],
  "turn-failed": [502, "The answer could not be made", "read why, and say it again under a new key"],
  "bus-away": [503, "The bus cannot be reached", "ask again after Retry-After seconds, with the same Idempotency-Key"],
  "actor-away": [503, "No process answers for this actor", "ask again; thalassa ps shows whether one runs"],
  "not-ready": [503, "Not everything is there yet", "ask again; thalassa doctor says what is missing"],
  busy: [503, "The bridge bears no more at once", "ask again after Retry-After seconds"],
  stopping: [503, "The bridge is stopping", "ask again in a moment, with the same Idempotency-Key"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string, hint: string]>>;

/** A code that scripts may match. */
export type ProblemCode = keyof typeof PROBLEMS;

/** The body of every answer that is none. Source: RFC 9457; `code` and `hint` are ours. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: "urn:thalassa:problem:no-token" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What is true of this request." }),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    hint: z.string().openapi({ description: "What to do next." }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    id: z.string().optional(),
    channel: z.string().optional(),
    address: z.string().optional(),
    seq: z.int().optional(),
    refusal: z.string().optional().openapi({ description: "The code by which the actor itself refused." }),
    reply: z.string().optional().openapi({ description: "What was said before the turn came to nothing." }),
  })
  .openapi("Problem");

/** What a problem says besides its code. */
type ProblemMore = Partial<
  Pick<z.output<typeof problemSchema>, "errors" | "id" | "channel" | "address" | "seq" | "refusal" | "reply">
> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** Ends a request with an answer that is none. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly more: ProblemMore;

  constructor(code: ProblemCode, detail: string, more: ProblemMore = {}) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.more = more;
  }

  get status(): (typeof PROBLEMS)[ProblemCode][0] {
    return PROBLEMS[this.code][0];
  }

  /** The problem as it goes out. */
  response(): Response {
    const [status, title, hint] = PROBLEMS[this.code];
    const { headers, cause: _, ...more } = this.more;
    const body = { type: `urn:thalassa:problem:${this.code}`, title, status, detail: this.message, code: this.code };
    return Response.json(
      { ...body, hint, ...more },
      { status, headers: { "Content-Type": "application/problem+json", ...headers } },
    );
  }
}

/** Header for whoever should ask again. Units: `ms`, rounded up to whole seconds. */
export function retryAfter(ms: number): { readonly "Retry-After": string } {
  return { "Retry-After": `${Math.max(1, Math.ceil(ms / 1_000))}` };
}

/** The problems a route may answer with, for its description. */
export function problemResponses(...codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code][0]);
  const content = { "application/problem+json": { schema: problemSchema } };
  const described = [...byStatus].map(([status, all]) => {
    const description = all.map((code) => `${code}: ${PROBLEMS[code][1].toLowerCase()}`).join("; ");
    return [status, { description, content }] as const;
  });
  return Object.fromEntries(described);
}
