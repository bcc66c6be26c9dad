import { existsSync } from "node:fs";
import { reasonOf, ThalassaError } from "./errors.ts";
import { buildServer } from "./nats-build.ts";
import { cachedServerPath, fillCache } from "./nats-cache.ts";
import { DOWNLOAD_LIMITS, type DownloadLimits, downloadServer } from "./nats-download.ts";
import { archiveFor, NATS_SERVER_VERSION, OLDEST_NATS_SERVER, PINNED_SHA256, RELEASES_URL } from "./nats-release.ts";
import { askVersion, isAtLeast } from "./nats-version.ts";
import { programRunner, programsOnPath, type RunProgram } from "./program.ts";

/** The bus of this installation: one that runs elsewhere, or a program to start. */
export type NatsServer =
  | { readonly type: "external"; readonly url: string }
  | {
      readonly type: "binary";
      readonly path: string;
      readonly version: string;
      readonly origin: "path" | "cache" | "download" | "build";
    };

/** What the finder works with. */
export type FindOptions = {
  /** `THALASSA_NATS_URL`, `THALASSA_NATS_RELEASES` and `PATH` are read from it. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where a fetched or built server is kept; see `Home.cacheDir`. */
  readonly cacheDir: string;
  readonly fetch?: typeof fetch;
  /** Wins over `THALASSA_NATS_RELEASES`. */
  readonly releaseBase?: string;
  readonly run?: RunProgram;
  /** Hears what takes long or was left alone, a line each. */
  readonly progress?: (line: string) => void;
  readonly limits?: Partial<DownloadLimits>;
  readonly pins?: Readonly<Record<string, string>>;
};

/** No nats-server is there and none could be had; `tried` says what each way answered. */
class NatsServerMissing extends ThalassaError<"nats-server-missing"> {
  readonly tried: readonly string[];
  constructor(tried: readonly string[]) {
    super({
      code: "nats-server-missing",
      message: [`there is no nats-server ${OLDEST_NATS_SERVER} or newer, and none could be had`, ...tried].join("\n  "),
      hint: `put nats-server ${NATS_SERVER_VERSION} on PATH (nats.io/download), or name a running one with THALASSA_NATS_URL, or a mirror of its releases with THALASSA_NATS_RELEASES`,
    });
    this.tried = tried;
  }
}

type Answer =
  | { readonly type: "found"; readonly server: NatsServer }
  | { readonly type: "missed"; readonly why: string };

type Search = Required<Omit<FindOptions, "limits">> & { readonly limits: DownloadLimits };

/**
 * Finds the bus: `THALASSA_NATS_URL`, else a nats-server on PATH that is new enough, else the one in the cache, else
 * fetches the pinned release into it, else builds that with Go. Throws: NatsServerMissing.
 */
export async function findNatsServer(options: FindOptions): Promise<NatsServer> {
  const search = searchOf(options);
  const url = search.env.THALASSA_NATS_URL?.trim();
  if (url) return { type: "external", url };
  const tried: string[] = [];
  for (const way of [onPath, inCache, byDownload, byBuild]) {
    const answer = await way(search);
    if (answer.type === "found") return answer.server;
    tried.push(answer.why);
  }
  throw new NatsServerMissing(tried);
}

function searchOf(options: FindOptions): Search {
  const env = options.env ?? process.env;
  const releaseBase = options.releaseBase ?? (env.THALASSA_NATS_RELEASES?.trim() || RELEASES_URL);
  return {
    env,
    cacheDir: options.cacheDir,
    fetch: options.fetch ?? fetch,
    releaseBase: releaseBase.replace(/\/+$/, ""),
    run: options.run ?? programRunner(env),
    progress: options.progress ?? (() => {}),
    limits: { ...DOWNLOAD_LIMITS, ...options.limits },
    pins: options.pins ?? PINNED_SHA256,
  };
}

async function onPath({ env, run, progress }: Search): Promise<Answer> {
  const leftAlone: string[] = [];
  for (const path of programsOnPath("nats-server", env)) {
    try {
      const version = await askVersion(path, run);
      if (isAtLeast(version, OLDEST_NATS_SERVER)) return found(path, version, "path");
      leftAlone.push(`${path} is ${version}, older than ${OLDEST_NATS_SERVER}`);
    } catch (error) {
      leftAlone.push(`${path} ${reasonOf(error)}`);
    }
    progress(`${leftAlone.at(-1)}; left alone.`);
  }
  return missed("PATH", leftAlone.length === 0 ? "no nats-server" : leftAlone.join("; "));
}

async function inCache({ cacheDir, run, progress }: Search): Promise<Answer> {
  const path = cachedServerPath(cacheDir);
  if (!existsSync(path)) return missed("cache", `no ${path}`);
  try {
    return found(path, await askVersion(path, run), "cache");
  } catch (error) {
    progress(`${path} ${reasonOf(error)}; having another.`);
    return missed("cache", `${path} ${reasonOf(error)}`);
  }
}

async function byDownload({ cacheDir, run, progress, releaseBase, ...rest }: Search): Promise<Answer> {
  const archive = archiveFor(process.platform, process.arch);
  if (archive === undefined) return missed("download", `no release for ${process.platform} on ${process.arch}`);
  progress(`Fetching nats-server ${NATS_SERVER_VERSION} (once)…`);
  const release = { baseUrl: releaseBase, archive, pins: rest.pins, limits: rest.limits, fetch: rest.fetch };
  try {
    const path = await fillCache(cacheDir, run, (draftDir) => downloadServer(release, draftDir, run));
    return found(path, NATS_SERVER_VERSION, "download");
  } catch (error) {
    progress(`Not fetched: ${reasonOf(error)}.`);
    return missed("download", reasonOf(error));
  }
}

async function byBuild({ env, cacheDir, run, progress }: Search): Promise<Answer> {
  if (programsOnPath("go", env).length === 0) return missed("go install", "no go on PATH");
  progress(`Building nats-server ${NATS_SERVER_VERSION} with go (once, about a minute)…`);
  try {
    const path = await fillCache(cacheDir, run, (draftDir) => buildServer(draftDir, run));
    return found(path, NATS_SERVER_VERSION, "build");
  } catch (error) {
    progress(`Not built: ${reasonOf(error)}.`);
    return missed("go install", reasonOf(error));
  }
}

function found(path: string, version: string, origin: "path" | "cache" | "download" | "build"): Answer {
  return { type: "found", server: { type: "binary", path, version, origin } };
}

function missed(way: string, why: string): Answer {
  return { type: "missed", why: `${way}: ${why}` };
}
