import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A model's server that answers nothing but errors, and repeats in them what it was sent: keys above all. */
export class EchoingModel implements AsyncDisposable {
  readonly url: string;
  /** The keys it was sent, in the order of its calls. */
  readonly keys: string[];
  readonly #close: () => Promise<void>;

  private constructor(url: string, keys: string[], close: () => Promise<void>) {
    this.url = url;
    this.keys = keys;
    this.#close = close;
  }

  static async start(): Promise<EchoingModel> {
    const keys: string[] = [];
    const server = createServer((request, response) => {
      const key = keyIn(request.headers);
      keys.push(key);
      request.resume();
      const message = `no: ${key}; you sent ${JSON.stringify(request.headers)} to ${request.url}`;
      // The first call ends its turn; a key that is refused is followed by the next model of the chain.
      const isJson = keys.length < 3;
      response.writeHead(keys.length === 2 ? 401 : 400, { "Content-Type": isJson ? "application/json" : "text/plain" });
      response.end(isJson ? JSON.stringify({ type: "error", error: { type: "an_error", message } }) : message);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new EchoingModel(`http://127.0.0.1:${port}`, keys, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function keyIn(headers: IncomingHttpHeaders): string {
  const own = headers["x-api-key"];
  return typeof own === "string" ? own : (headers.authorization ?? "").replace("Bearer ", "");
}
