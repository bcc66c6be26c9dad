import { lookup } from "node:dns/promises";

/** How hosts outside are reached; only the folder has to be said. */
export type DoorOptions = {
  /** Where the folders of doors are kept; of this host, and only the executor's to write. */
  readonly dir: string;
  /** Hosts that are never reached, whatever is admitted: the bus. Names or addresses. Default none. */
  readonly never?: readonly string[];
  /** Addresses that are reached though they are private: for tests, and for a mirror in one's own network. Default none. */
  readonly isTrusted?: (address: string) => boolean;
  /** The addresses of a name. Default: as this host finds them. */
  readonly addressesOf?: (name: string) => Promise<readonly string[]>;
  /** How long a host may take to be connected to. Units: ms. Default 10,000. */
  readonly connectMs?: number;
  /** A connection on which nothing moves ends after so long. Units: ms. Default 300,000. */
  readonly idleMs?: number;
  /** Connections of one environment at once. Default 128. */
  readonly maxConnections?: number;
};

/** The options with every field filled in. */
export type ResolvedDoorOptions = Required<DoorOptions>;

/** What holds where nothing is said. */
export const DEFAULTS = {
  never: [],
  isTrusted: () => false,
  addressesOf: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  connectMs: 10_000,
  idleMs: 300_000,
  maxConnections: 128,
} as const satisfies Omit<ResolvedDoorOptions, "dir">;

/** Fills in what was left out. Throws: RangeError when a figure is not above zero. */
export function resolveDoorOptions(options: DoorOptions): ResolvedDoorOptions {
  const resolved = { ...DEFAULTS, ...options };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(value > 0)) throw new RangeError(`${name} is ${value}; it must be above zero`);
  }
  return resolved;
}
