import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Engine, EngineError } from "#actors/executor/engine.ts";

/** An engine's connections, to programs of this process: any environment but `gone` has them. */
export const engine: Pick<Engine, "connect"> = {
  async connect(env, port) {
    if (env === "gone") throw new EngineError("gone", "no such environment runs; raise it");
    if (env === "silent") return await new Promise(() => undefined);
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
    } catch (cause) {
      throw new EngineError("refused", "nothing listens there; start it", { cause });
    }
    return socket;
  },
};

/** A program inside, of this process. */
export async function programInside(
  listener: RequestListener,
): Promise<AsyncDisposable & { port: number; server: Server }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What somebody outside gets, who finds the host of an address on this machine. */
export type Got = { readonly status: number; readonly headers: IncomingMessage["headers"]; readonly body: string };

/** How somebody outside asks. */
export type Asking = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** Asks as a browser would, that finds `*.localhost` on this machine. */
export async function ask(url: string, asking: Asking = {}): Promise<Got> {
  const answer = await begin(url, asking);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: `${await buffer(answer)}` };
}

/** The beginning of an answer. */
export async function begin(
  url: string,
  { method = "GET", path, headers = {}, body }: Asking = {},
): Promise<IncomingMessage> {
  const { host, port, pathname } = new URL(url);
  const asked = httpRequest({
    ...{ host: "127.0.0.1", port, method, agent: false },
    path: path ?? pathname,
    headers: { host, ...headers },
  });
  asked.end(body);
  const [answer] = await once(asked, "response");
  return answer;
}
