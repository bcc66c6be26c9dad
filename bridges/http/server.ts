import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { httpApp } from "./app.ts";
import type { Bridge } from "./bridge.ts";

/** Connections that the system may hold ready for us; a crowd that comes at once waits there. */
const BACKLOG = 4_096;

/** More connections than that are turned away; those who wait and those who read fit in. */
const MAX_CONNECTIONS = 16_000;

/** What was begun when the bridge stops has so long to end. Units: ms. */
const GRACE_MS = 4_000;

/** A bridge that listens. */
export class HttpServer {
  readonly #bridge: Bridge;
  readonly #server: Server;

  private constructor(bridge: Bridge, server: Server) {
    this.#bridge = bridge;
    this.#server = server;
  }

  /** Listens where the options say. Throws: Error when that port is taken. */
  static async listen(bridge: Bridge): Promise<HttpServer> {
    const { fetch } = httpApp(bridge);
    const server = createAdaptorServer({ fetch, createServer }) as Server;
    server.maxConnections = MAX_CONNECTIONS;
    const { host, port } = bridge.options;
    server.listen({ host, port, backlog: BACKLOG });
    await once(server, "listening");
    return new HttpServer(bridge, server);
  }

  /** Where it is reached. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server that listens has a port");
    return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Takes no more, tells those who wait to ask again, ends the streams, and resolves when all have been answered. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#bridge.stop();
    this.#server.closeIdleConnections();
    const idle = setInterval(() => this.#server.closeIdleConnections(), 50);
    const insist = setTimeout(() => this.#server.closeAllConnections(), GRACE_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(insist);
    this.#bridge[Symbol.dispose]();
  }
}
