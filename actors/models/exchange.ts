import { type Asked, type Fault, failureOf, ModelFailed, STRONGER } from "./failure.ts";
import { type HeadersRead, retryAfterMs } from "./retry-after.ts";
import { type Patience, Watch } from "./watch.ts";

/** How a provider over HTTP is reached. */
export type Endpoint = {
  /** Its name before the slash. */
  readonly provider: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The variable that a person sets the key by; undefined where none is needed. */
  readonly keyVariable: string | undefined;
  readonly patience: Patience;
  /** Takes keys out of what a provider says. */
  readonly scrub: (text: string) => string;
};

/** Longest word of a provider that a failure repeats. Units: UTF-16 units. */
const MAX_WORD = 160;

/**
 * Has one exchange with a provider, watched for silence. Throws: ModelFailed, whatever went wrong with it; the signal's
 * reason when the caller has aborted it.
 */
export async function exchange<T>(
  { provider, keyVariable, patience, scrub }: Endpoint,
  { model, signal }: { readonly model: string; readonly signal: AbortSignal },
  have: (watch: Watch) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  using watch = new Watch(signal, patience);
  try {
    const answer = await have(watch);
    // An aborted stream of these libraries ends as if it were whole.
    if (!watch.signal.aborted) return answer;
  } catch (error) {
    if (!watch.signal.aborted) {
      if (error instanceof ModelFailed) throw error;
      throw failureOf(faultOf(error, watch.begun, scrub), { provider, model, key: keyVariable });
    }
  }
  signal.throwIfAborted();
  throw new ModelFailed("model-stalled", `${provider}/${model} fell silent`, "next");
}

/** An answer that ended without its end. */
export function brokenOff({ provider, model }: Omit<Asked, "key">): ModelFailed {
  return failureOf({ message: "", begun: true }, { provider, model, key: undefined });
}

/** What the libraries' errors have in common. */
type LibraryError = Error & {
  readonly status?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly headers?: HeadersRead;
  readonly apiMessage?: unknown;
  readonly error?: unknown;
};

function faultOf(thrown: unknown, begun: boolean, scrub: (text: string) => string): Fault {
  const error: LibraryError = thrown instanceof Error ? thrown : new Error(String(thrown));
  const kinds = [error.code, error.type].filter((kind) => typeof kind === "string");
  const waitMs = typeof error.headers?.get === "function" ? retryAfterMs(error.headers, Date.now()) : undefined;
  const words = scrub(wordsOf(error)).replace(/\s+/g, " ").trim();
  return {
    status: typeof error.status === "number" ? error.status : undefined,
    kind: kinds.find((kind) => STRONGER.has(kind)) ?? kinds.at(-1),
    message: words.length > MAX_WORD ? `${words.slice(0, MAX_WORD)}…` : words,
    waitMs,
    begun,
  };
}

/** The innermost cause says why a host could not be reached; a provider's own words are in the body. */
function wordsOf(error: LibraryError): string {
  const body = error.error;
  const inner = body && typeof body === "object" && "message" in body ? body.message : error.apiMessage;
  if (typeof inner === "string" && inner !== "") return inner;
  let last: Error = error;
  while (last.cause instanceof Error) last = last.cause;
  const code = "code" in last && typeof last.code === "string" ? last.code : undefined;
  return code ?? last.message;
}
