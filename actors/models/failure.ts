/**
 * A model did not answer. The message says to a person what is true and what to do, and names no key.
 * `after` is what to do next: the same model `again`, the `next` one of the chain, or nothing (`stop`).
 * Units: `waitMs` is how long the provider asks us to stay away.
 */
export class ModelFailed extends Error {
  override readonly name = "ModelFailed";
  readonly code:
    | "model-limited"
    | "model-unavailable"
    | "model-dropped"
    | "model-stalled"
    | "model-key"
    | "model-forbidden"
    | "unknown-model"
    | "model-request"
    | "model-unfit"
    | "no-model";
  readonly after: "again" | "next" | "stop";
  readonly waitMs: number | undefined;

  constructor(code: ModelFailed["code"], message: string, after: ModelFailed["after"], waitMs?: number) {
    super(message);
    this.code = code;
    this.after = after;
    this.waitMs = waitMs;
  }
}

/** What is known of a call that went wrong, however the provider's own library puts it. */
export type Fault = {
  readonly status?: number | undefined;
  /** The provider's own word for it. Shape: `overloaded_error`, `insufficient_quota`. */
  readonly kind?: string | undefined;
  readonly message: string;
  readonly waitMs?: number | undefined;
  /** Whether the answer had begun to come. */
  readonly begun: boolean;
};

/** Who was asked, and how a person mends it. */
export type Asked = { readonly provider: string; readonly model: string; readonly key: string | undefined };

/** The provider's words for the same as a status; in the middle of a stream there is no status. */
const KINDS: Readonly<Record<string, number>> = {
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  overloaded_error: 529,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  authentication_error: 401,
  permission_error: 403,
  billing_error: 402,
  insufficient_quota: 402,
  not_found_error: 404,
  invalid_request_error: 400,
  request_too_large: 413,
  context_length_exceeded: 413,
};

/** Words that mean more than the status they come with: a spent quota is told as 429 and does not pass. */
export const STRONGER: ReadonlySet<string> = new Set([
  "insufficient_quota",
  "billing_error",
  "overloaded_error",
  "context_length_exceeded",
]);

/** Anthropic tells a spent account as a bad request, by these words alone; the next model's account may hold. */
const SPENT = /\bcredit balance is too low\b/i;

/** Most tell a request that is too long for the model as a bad one, by words such as these; a larger window may hold it. */
const TOO_LONG =
  /\b(?:prompt|input|request) (?:is )?too (?:long|large)\b|\bcontext (?:length|limit|size|window)\b|\bmaximum number of tokens\b/i;

/** Says what a fault means and what follows from it. */
export function failureOf(fault: Fault, asked: Asked): ModelFailed {
  const { kind = "", message, waitMs, begun } = fault;
  const word = KINDS[kind];
  const told = STRONGER.has(kind) ? word : (fault.status ?? word);
  const status = told === 400 ? meantBy(message) : told;
  const name = `${asked.provider}/${asked.model}`;
  if (status === undefined) {
    return begun
      ? new ModelFailed("model-dropped", `${name} broke off in the middle of its answer`, "again", waitMs)
      : new ModelFailed("model-unavailable", `${name} could not be reached (${message})`, "again", waitMs);
  }
  if (status === 429 || status === 529) {
    const why = status === 429 ? "takes no more calls just now" : "is overloaded";
    return new ModelFailed("model-limited", `${name} ${why} (${status})`, "again", waitMs);
  }
  return passing(status) ? unavailable(name, status, waitMs) : refused(status, message, asked);
}

/** What a provider means that tells of a bad request. */
function meantBy(message: string): number {
  if (SPENT.test(message)) return 402;
  return TOO_LONG.test(message) ? 413 : 400;
}

function passing(status: number): boolean {
  return status === 408 || status === 409 || status >= 500;
}

function unavailable(name: string, status: number, waitMs: number | undefined): ModelFailed {
  return new ModelFailed("model-unavailable", `${name} cannot answer just now (${status})`, "again", waitMs);
}

function refused(status: number, message: string, { provider, model, key }: Asked): ModelFailed {
  const restart = "and start thalassa up anew";
  switch (status) {
    case 401: {
      const mend = key === undefined ? "it wants one" : `set ${key} to one that is good, ${restart}`;
      return new ModelFailed("model-key", `${provider} refused the key: ${mend}`, "next");
    }
    case 402:
      return new ModelFailed(
        "model-forbidden",
        `${provider} says that the account of ${key ?? "its key"} has nothing left to spend: look at its billing`,
        "next",
      );
    case 403:
      return new ModelFailed(
        "model-forbidden",
        `${provider} does not let ${key ?? "us"} use ${model}: give the key that right, or choose another model`,
        "next",
      );
    case 404:
      return new ModelFailed(
        "unknown-model",
        `there is no model ${model} at ${provider}: choose another one (thalassa config list tells where it is set)`,
        "next",
      );
    case 413:
      return new ModelFailed(
        "model-request",
        `${provider}/${model} cannot take so much (${message}): lower models.context_tokens, ${restart}`,
        "next",
      );
    default:
      return new ModelFailed(
        "model-request",
        `${provider}/${model} refused the request (${status}): ${message}`,
        "stop",
      );
  }
}

/** The provider has no key here. */
export function keyless(provider: string, key: string): ModelFailed {
  return new ModelFailed("model-key", `${provider} needs a key: set ${key} and start thalassa up anew`, "next");
}

/** Nobody has a provider of that name. */
export function unknownModel(model: string, known: readonly string[]): ModelFailed {
  const names = known.map((name) => (name === "offline" ? name : `${name}/…`)).join(", ");
  return new ModelFailed("unknown-model", `there is no model ${model} here: choose one of ${names}`, "next");
}
