import { readSeed } from "#deploy/keys.ts";
import { createToken } from "#deploy/tokens.ts";
import { Client } from "#runtime/client.ts";
import type { TokenHolder } from "#subjects/http-token.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, spawnKind } from "./crash.ts";
import type { TestServer } from "./server.ts";

/** A process of the HTTP bridge on a test server, which may be killed and started again at the same place. */
export class HttpBed implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #env: Readonly<Record<string, string>>;
  readonly #started: KindProcess[] = [];
  #url = "";

  constructor(server: TestServer, env: Readonly<Record<string, string>> = {}) {
    this.#server = server;
    this.#env = env;
  }

  /** Where it listens, or did before it was killed. */
  get url(): string {
    return this.#url;
  }

  /** The process that was started last. */
  get process(): KindProcess {
    const last = this.#started.at(-1);
    if (last === undefined) throw new Error("no bridge was started yet");
    return last;
  }

  /** Every process that was ever started. */
  get everStarted(): readonly KindProcess[] {
    return this.#started;
  }

  /** Starts it, where it was before. Throws: with its own last words when it does not become ready. */
  async start(): Promise<void> {
    const port = this.#url === "" ? "0" : new URL(this.#url).port;
    const env = { THALASSA_API_PREFIX: apiPrefix("EDGE"), THALASSA_HTTP_PORT: port, ...this.#env };
    const bridge = spawnKind("http", this.#server, env, "bridges/http/main.ts");
    this.#started.push(bridge);
    await bridge.ready();
    this.#url = String(bridge.lines.find(({ event }) => event === "ready")?.url);
  }

  /** Makes a token, and gives the headers of a request with it. */
  async token(name: string, role: TokenHolder["role"] = "user"): Promise<Readonly<Record<string, string>>> {
    await using operator = await this.operator();
    const token = await createToken(operator, name, role);
    return { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  /** A connection that may do everything. */
  operator(): Promise<Client> {
    const { url, keysDir } = this.#server;
    return Client.connect({ url, user: OPERATOR, seed: readSeed(keysDir, OPERATOR), name: "bed" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((process) => process.kill()));
  }
}
