import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** One request as it was sent. Units: `at` ms, by the clock of `performance`, when it began to come. */
export type TappedRequest = { readonly path: string; readonly body: ModelBody; readonly at: number };

/** What the requests of all model APIs have in common. */
export type ModelBody = Readonly<Record<string, unknown>> & { readonly model: string };

/** Stands before a model's server: keeps what is sent to the letter, and passes on what comes, also where it breaks off. */
export class ModelTap implements AsyncDisposable {
  readonly url: string;
  readonly requests: TappedRequest[] = [];
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** `shorten` names requests whose answers lose the header that says when to come again. */
  static async before(target: string, shorten: (body: ModelBody) => boolean = () => false): Promise<ModelTap> {
    let tap: ModelTap | undefined;
    const server = createServer((incoming, response) => {
      tapped(incoming)
        .then(async (sent) => {
          tap?.requests.push(sent);
          await passOn(sent, incoming, response, { target, isShort: shorten(sent.body) });
        })
        .catch(() => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    tap = new ModelTap(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
    return tap;
  }

  /** The requests to a model, in the order in which they came. */
  to(model: string): readonly TappedRequest[] {
    return this.requests.filter(({ body }) => body.model === model);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function tapped(incoming: IncomingMessage): Promise<TappedRequest> {
  const at = performance.now();
  return { path: incoming.url ?? "", body: JSON.parse((await buffer(incoming)).toString()), at };
}

async function passOn(
  { path, body }: TappedRequest,
  { method = "POST", headers }: IncomingMessage,
  response: ServerResponse,
  { target, isShort }: { readonly target: string; readonly isShort: boolean },
): Promise<void> {
  const { host: _, "content-length": __, "transfer-encoding": ___, ...kept } = headers;
  const onward = request(`${target}${path}`, { method, headers: kept });
  // Once all has come, its socket may serve another request already.
  response.once("close", () => response.writableFinished || onward.destroy());
  onward.end(JSON.stringify(body));
  const [answer] = (await once(onward, "response")) as [IncomingMessage];
  const { "retry-after": wait, ...told } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, isShort || wait === undefined ? told : { ...told, "retry-after": wait });
  await pipeline(answer, response);
}
