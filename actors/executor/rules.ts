/** How many environments a host has, and for how long. Units: ms. */
export type ExecutorRules = {
  /** Most that are there at once. Default 16. */
  readonly environments: number;
  /** A workspace that nobody uses is kept for so long. Default 24 hours. */
  readonly keepMs: number;
  /** An environment whose job orders nothing for so long is let go. Default 12 hours. */
  readonly idleMs: number;
  /** Most workspaces that are kept for nobody; the oldest make room. Default 32. */
  readonly kept: number;
};

/** Units: ms. */
export const HOUR_MS = 3_600_000;

/** What holds where nothing is said. */
export const DEFAULT_RULES: ExecutorRules = {
  environments: 16,
  keepMs: 24 * HOUR_MS,
  idleMs: 12 * HOUR_MS,
  kept: 32,
};

/** Environments are looked after at whole hours. Units: ms since 1970. */
export function nextTending(at: number): number {
  return (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
}

/** Where previews listen while nobody says otherwise and nobody else does. */
export const USUAL_PREVIEW_PORT = 8_421;

/** What else a host's executor has where nothing is said; `auto` leaves it to whoever does it. */
export const EXECUTOR_DEFAULTS = {
  engine: "auto",
  image: "auto",
  previewUrl: "auto",
  previewHost: "127.0.0.1",
  previewPort: "auto",
} as const;
