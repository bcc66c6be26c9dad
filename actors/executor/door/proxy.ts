import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { relayedHeaders } from "#actors/executor/relayed-headers.ts";
import { type Admission, type Place, readPlace } from "./admitted.ts";
import { goOut, type Kept } from "./going-out.ts";
import type { ResolvedDoorOptions } from "./options.ts";

const HTTP_PORT = 80;
const TLS_PORT = 443;

/** What is asked may take so long to arrive whole, and its headers. Units: ms. */
const ARRIVAL = { requestTimeout: 3_600_000, headersTimeout: 20_000 } as const;

/** A proxy of HTTP that lets through what is admitted at that moment; it does not listen yet. Source: RFC 9110, 9.3.6 and 7.6. */
export function doorProxy(options: ResolvedDoorOptions, admissions: Iterable<Admission>): Server {
  const server = createServer(ARRIVAL);
  server.maxConnections = options.maxConnections;
  server.timeout = options.idleMs;
  const leave = (place: Place | undefined) =>
    place === undefined
      ? Promise.resolve<Kept>({
          type: "kept",
          status: 403,
          why: "this is a proxy for http:// and for CONNECT to a host",
        })
      : goOut(options, admissions, place);
  server.on("connect", (request, socket, head) => void tunnel(options, leave(connectPlace(request)), socket, head));
  server.on("request", (request, response) => void fetchPlain(options, leave(plainPlace(request)), request, response));
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

type Leaving = Promise<Socket | Kept>;

/** Joins both ends. Never rejects. */
async function tunnel({ idleMs }: ResolvedDoorOptions, leaving: Leaving, inside: Duplex, head: Buffer): Promise<void> {
  inside.on("error", () => inside.destroy());
  const outside = await leaving;
  if ("type" in outside) {
    const body = `${outside.why}\n`;
    const head = `HTTP/1.1 ${outside.status} ${reasonOf(outside)}\r\ncontent-type: text/plain\r\nconnection: close\r\n`;
    inside.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return;
  }
  outside.setTimeout(idleMs, () => outside.destroy());
  inside.write("HTTP/1.1 200 Connection established\r\n\r\n");
  outside.write(head);
  await Promise.all([pipeline(inside, outside), pipeline(outside, inside)]).catch(() => undefined);
  inside.destroy();
  outside.destroy();
}

/** Asks in the name of a program inside; nothing of this host is added. Never rejects. */
async function fetchPlain(
  { idleMs }: ResolvedDoorOptions,
  leaving: Leaving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const outside = await leaving;
  if ("type" in outside) return tell(response, outside);
  outside.setTimeout(idleMs, () => outside.destroy());
  const { host, pathname, search } = new URL(request.url ?? "");
  const headers = relayedHeaders(request.rawHeaders);
  if (request.headers["transfer-encoding"] !== undefined) headers.set("transfer-encoding", ["chunked"]);
  const onward = httpRequest({
    createConnection: () => outside,
    method: request.method ?? "GET",
    path: `${pathname}${search}`,
    headers: { ...Object.fromEntries(headers), host, connection: "close" },
  });
  response.once("close", () => onward.destroy());
  const answered = Promise.withResolvers<IncomingMessage | undefined>();
  onward.once("response", answered.resolve);
  onward.on("error", () => answered.resolve(undefined));
  onward.once("close", () => answered.resolve(undefined));
  request.pipe(onward);
  const answer = await answered.promise;
  if (answer === undefined) return tell(response, { type: "kept", status: 502, why: `${host} broke off` });
  const back = Object.fromEntries(relayedHeaders(answer.rawHeaders)) as Record<string, string[]>;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, back);
  await pipeline(answer, response).catch(() => response.destroy());
}

function tell(response: ServerResponse, kept: Kept): void {
  response.writeHead(kept.status, reasonOf(kept), { "content-type": "text/plain", connection: "close" });
  response.end(`${kept.why}\n`);
}

/** Many programs show this line of an answer and nothing else. */
function reasonOf({ why }: Kept): string {
  return why.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200);
}

function connectPlace({ url = "" }: IncomingMessage): Place | undefined {
  return /:\d+$/.test(url) ? readPlace(url, TLS_PORT) : undefined;
}

function plainPlace({ url = "" }: IncomingMessage): Place | undefined {
  const target = URL.parse(url);
  return target?.protocol === "http:" ? readPlace(target.host, HTTP_PORT) : undefined;
}
