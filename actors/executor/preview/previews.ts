import { once } from "node:events";
import type { Server } from "node:http";
import { USUAL_PREVIEW_PORT } from "#actors/executor/rules.ts";
import { addressOf, mintToken, tokenIn } from "./address.ts";
import { OpenPreviews, type PreviewPlace } from "./open-previews.ts";
import { type PreviewOptions, type ResolvedPreviewOptions, resolvePreviewOptions } from "./options.ts";
import { previewServer } from "./server.ts";

/** A port that stays taken is tried again so often while there is something to show. Units: ms. */
const RETRY_MS = 5_000;

/** A port of an environment, reachable from outside. Units: `until` ms since 1970. */
export type Preview = { readonly port: number; readonly url: string; readonly until: number };

/** Ports of environments that are reachable from outside, under addresses that nobody can guess. */
export type Previews = {
  /**
   * Has a port reachable for so many minutes, at least; one that is already keeps its address.
   * Throws: PreviewError when the port that is set for previews is taken.
   */
  open(env: string, port: number, minutes: number): Promise<Preview>;
  /** Has previews there again at the addresses that were given out, after a restart. */
  restore(previews: readonly PreviewPlace[]): void;
  /** What is to be known of those that are open: addresses that were given out before a restart and lead nowhere now. */
  notes(): readonly string[];
  /** Ends all of an environment, with all that looks at them. */
  close(env: string): Promise<void>;
} & AsyncDisposable;

/** Previews cannot be shown as it is set. */
export class PreviewError extends Error {
  override readonly name = "PreviewError";
  readonly code: "preview-port";

  constructor(code: "preview-port", message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Previews of an engine's environments. It listens from the first one on, and not before. */
export function previewsOn(options: PreviewOptions): Previews {
  return new ListeningPreviews(resolvePreviewOptions(options));
}

class ListeningPreviews implements Previews {
  readonly #options: ResolvedPreviewOptions;
  readonly #open = new OpenPreviews();
  #listening: Promise<Server> | undefined;
  #base: string | undefined;
  #retry: NodeJS.Timeout | undefined;
  #over = false;

  constructor(options: ResolvedPreviewOptions) {
    this.#options = options;
  }

  async open(env: string, port: number, minutes: number): Promise<Preview> {
    const server = await this.#listen();
    const before = this.#open.of(env, port);
    const until = Math.max(Date.now() + minutes * 60_000, before?.until ?? 0);
    const token = tokenIn(before?.url ?? "") ?? mintToken();
    const url = addressOf(this.#options.baseUrl ?? localBase(server), token);
    this.#open.add(token, { env, port, url, until });
    return { port, url, until };
  }

  restore(previews: readonly PreviewPlace[]): void {
    for (const place of previews) {
      const token = tokenIn(place.url);
      if (token !== undefined) this.#open.add(token, place);
    }
    this.#insist();
  }

  notes(): readonly string[] {
    const base = this.#base;
    if (base === undefined) return [];
    const lost = this.#open.all.filter(({ url }) => url !== addressOf(base, tokenIn(url) ?? ""));
    if (lost.length === 0) return [];
    return [`previews are at ${base} now; ask again for those that were at ${lost.map(({ url }) => url).join(", ")}`];
  }

  async close(env: string): Promise<void> {
    this.#open.end(env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearTimeout(this.#retry);
    this.#open[Symbol.dispose]();
    const server = await this.#listening?.catch(() => undefined);
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Nobody waits for what is restored: a port that is taken now may be free soon. */
  #insist(): void {
    clearTimeout(this.#retry);
    if (this.#over || this.#open.all.length === 0) return;
    this.#listen().catch(() => {
      this.#retry = setTimeout(() => this.#insist(), RETRY_MS).unref();
    });
  }

  async #listen(): Promise<Server> {
    this.#listening ??= this.#listenOnOne();
    try {
      const server = await this.#listening;
      this.#base = this.#options.baseUrl ?? localBase(server);
      return server;
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  /** Where no port is set, the one of addresses that were given out goes first, and any that is free comes last. */
  async #listenOnOne(): Promise<Server> {
    const { host, port } = this.#options;
    const given = this.#open.all.map(({ url }) => Number(URL.parse(url)?.port)).filter((each) => each > 0);
    for (const each of port === undefined ? [...new Set([...given, USUAL_PREVIEW_PORT])] : []) {
      const server = await listen(previewServer(this.#options, this.#open), host, each).catch(() => undefined);
      if (server !== undefined) return server;
    }
    return listen(previewServer(this.#options, this.#open), host, port ?? 0);
  }
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.listen({ host, port });
  try {
    await once(server, "listening");
    return server;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? `${cause.code}` : "";
    const why = code === "EADDRINUSE" ? "is taken by another program" : `cannot be listened on (${code})`;
    const hint = "set preview.port to one that is free, or preview.host to an address of this host";
    throw new PreviewError("preview-port", `${host}:${port} ${why}, so nothing can be previewed; ${hint}`, { cause });
  }
}

function localBase(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server that listens has a port");
  return `http://*.localhost:${address.port}`;
}
