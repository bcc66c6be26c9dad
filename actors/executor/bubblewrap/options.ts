/** How environments of bubblewrap are kept; only the folder has to be said. */
export type BubblewrapOptions = {
  /** Where they are kept: of this host, and only the executor's. */
  readonly dir: string;
  /** How often it is looked whether they are well. Units: ms. Default 500. */
  readonly lookMs?: number;
  /** How often a workspace is measured that is no file system of its own. Units: ms. Default 3,000. */
  readonly measureMs?: number;
  /** A connector that nobody uses ends after so long. Units: ms. Default 60,000. */
  readonly connectorIdleMs?: number;
};

/** The options with every field filled in. */
export type ResolvedBubblewrapOptions = Required<BubblewrapOptions>;

/** What holds where nothing is said. */
export const DEFAULTS = {
  lookMs: 500,
  measureMs: 3_000,
  connectorIdleMs: 60_000,
} as const satisfies Omit<ResolvedBubblewrapOptions, "dir">;

/** Fills in what was left out. Throws: RangeError when a figure is not above zero. */
export function resolveBubblewrapOptions(options: BubblewrapOptions): ResolvedBubblewrapOptions {
  const resolved = { ...DEFAULTS, ...options };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(value > 0)) throw new RangeError(`${name} is ${value}; it must be above zero`);
  }
  return resolved;
}
