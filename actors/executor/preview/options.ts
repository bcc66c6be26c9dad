import type { Engine } from "#actors/executor/engine.ts";

/** How previews are reached; each field but the engine may be left out. */
export type PreviewOptions = {
  readonly engine: Pick<Engine, "connect">;
  /** Where they listen. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any that is free. Default 8421, or any that is free where that is taken. */
  readonly port?: number;
  /**
   * How those who look at one reach it. A `*` is one preview's name, so that each has cookies and absolute links of its own:
   * `https://*.preview.example.org` where TLS and a wildcard domain stand in front. Without a `*` all share one place, and an
   * address is `<baseUrl>/p/<name>/`. Default `http://*.localhost:<port>`, which browsers find on this machine.
   */
  readonly baseUrl?: string;
  /** How long a program inside may take to be connected to. Units: ms. Default 5,000. */
  readonly connectMs?: number;
  /** How long it may take to begin its answer. Units: ms. Default 60,000. */
  readonly answerMs?: number;
  /** Connections of all previews at once. Default 1,024. */
  readonly maxConnections?: number;
  /** Requests and sockets of one preview at once. Default 128. */
  readonly maxPerPreview?: number;
};

/** The options with every field filled in; `baseUrl` depends on the port that was got. */
export type ResolvedPreviewOptions = Required<Omit<PreviewOptions, "baseUrl" | "port">> &
  Pick<PreviewOptions, "baseUrl" | "port">;

/** What holds where nothing is said. */
export const DEFAULTS = {
  host: "127.0.0.1",
  connectMs: 5_000,
  answerMs: 60_000,
  maxConnections: 1_024,
  maxPerPreview: 128,
} as const satisfies Omit<ResolvedPreviewOptions, "engine" | "baseUrl">;

/** Fills in what was left out. Throws: RangeError when `baseUrl` is no address of HTTP, or a figure is not above zero. */
export function resolvePreviewOptions(options: PreviewOptions): ResolvedPreviewOptions {
  const resolved = { ...DEFAULTS, ...options };
  for (const name of ["connectMs", "answerMs", "maxConnections", "maxPerPreview"] as const) {
    if (!(resolved[name] > 0)) throw new RangeError(`${name} is ${resolved[name]}; it must be above zero`);
  }
  const { baseUrl } = options;
  if (baseUrl !== undefined && !/^https?:$/.test(URL.parse(baseUrl.replace("*", "a"))?.protocol ?? ""))
    throw new RangeError(`baseUrl is ${baseUrl}; it must be like https://*.preview.example.org`);
  return resolved;
}
