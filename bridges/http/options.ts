import { z } from "zod";

/** How the bridge listens and what it bears. Each may be left out but the port. */
export type HttpOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** A request with `wait` is told to ask again after this long. Units: ms. */
  readonly waitMs: number;
  /** Requests a second that one token may make. */
  readonly ratePerSecond: number;
  /** Requests that wait for an answer at the same time: of all tokens, and of one. */
  readonly waits: Bounds;
  /** Event streams that are open at the same time: of all tokens, and of one. */
  readonly streams: Bounds;
};

/** How many there may be, and how many of them may be one token's. */
export type Bounds = { readonly all: number; readonly each: number };

/** What holds where nothing is said. */
export const HTTP_DEFAULTS: HttpOptions = {
  port: 8420,
  host: "127.0.0.1",
  waitMs: 60_000,
  ratePerSecond: 500,
  waits: { all: 10_000, each: 2_000 },
  streams: { all: 1_000, each: 100 },
};

const count = z.coerce.number().int().positive();

const environmentSchema = z.object({
  THALASSA_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(HTTP_DEFAULTS.port),
  THALASSA_HTTP_HOST: z.string().min(1).default(HTTP_DEFAULTS.host),
  THALASSA_HTTP_WAIT_MS: count.max(600_000).default(HTTP_DEFAULTS.waitMs),
  THALASSA_HTTP_RATE: count.default(HTTP_DEFAULTS.ratePerSecond),
  THALASSA_HTTP_WAITS: count.default(HTTP_DEFAULTS.waits.all),
  THALASSA_HTTP_TOKEN_WAITS: count.default(HTTP_DEFAULTS.waits.each),
});

/** Reads the environment. Throws: ZodError that names the variable. */
export function httpOptions(env: Readonly<Record<string, string | undefined>>): HttpOptions {
  const read = environmentSchema.parse(env);
  return {
    ...HTTP_DEFAULTS,
    port: read.THALASSA_HTTP_PORT,
    host: read.THALASSA_HTTP_HOST,
    waitMs: read.THALASSA_HTTP_WAIT_MS,
    ratePerSecond: read.THALASSA_HTTP_RATE,
    waits: { all: read.THALASSA_HTTP_WAITS, each: read.THALASSA_HTTP_TOKEN_WAITS },
  };
}
