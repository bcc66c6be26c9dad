import { setTimeout as delay } from "node:timers/promises";
import Dockerode from "dockerode";
import { EngineError } from "#actors/executor/engine.ts";
import { type DockerOptions, type ResolvedOptions, resolveOptions } from "./options.ts";

/** How long the engine may take for one request before it is held to be gone. */
const ANSWER_MS = 60_000;

/** The engine's program, as it is spoken to, and what of it is being ended on purpose. */
export type Daemon = {
  readonly api: Dockerode;
  readonly options: ResolvedOptions;
  /** Containers that are ended here, by id, with what is told of it; nothing where their end was asked for. */
  readonly ending: Map<string, string | undefined>;
};

/** Speaks to nobody yet. Throws: ZodError. */
export function daemonOf(options: DockerOptions): Daemon {
  const resolved = resolveOptions(options);
  const api = new Dockerode(resolved.socket === undefined ? {} : { socketPath: resolved.socket });
  return { api, options: resolved, ending: new Map() };
}

/**
 * What the engine answers, in time. `missing` is what a 404 means. Throws: EngineError, `gone` also for what does not run.
 */
export async function asked<T>(what: string, answer: Promise<T>, missing: "gone" | "refused" = "gone"): Promise<T> {
  const over = new AbortController();
  const late = delay(ANSWER_MS, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new EngineError("engine", `Docker did not ${what} within ${ANSWER_MS / 1000} s; look whether it hangs`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw asEngineError(what, error, missing);
  } finally {
    over.abort();
  }
}

/** The same, where nothing being there is an answer too. Throws: EngineError. */
export async function askedFor<T>(what: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await asked(what, answer, "gone");
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The HTTP status by which the engine refused, also from what was made of it here. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("statusCode" in error && typeof error.statusCode === "number") return error.statusCode;
  return statusOf(error.cause);
}

/** The engine's own words. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { json } = error as { readonly json?: { readonly message?: unknown } };
  if (typeof json?.message === "string") return json.message.trim();
  return error.message.replace(/^\(HTTP code \d+\) [\w ]* - /, "").trim();
}

function asEngineError(what: string, error: unknown, missing: "gone" | "refused"): EngineError {
  if (error instanceof EngineError) return error;
  const status = statusOf(error);
  const words = `Docker did not ${what}: ${wordsOf(error)}`;
  if (status === undefined) return new EngineError("engine", words, { cause: error });
  if (status === 404) return new EngineError(missing, words, { cause: error });
  const stopped = status === 409 && /is not running|is paused|is restarting|marked for removal/.test(words);
  return new EngineError(stopped ? "gone" : "refused", words, { cause: error });
}
