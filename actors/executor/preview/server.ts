import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Asked, askedBy, rememberingCookie } from "./address.ts";
import type { OpenPreview, OpenPreviews } from "./open-previews.ts";
import type { ResolvedPreviewOptions } from "./options.ts";
import { relay } from "./relay.ts";
import { SHOWN, type Shown, show } from "./shown.ts";
import { joinInside, refuse } from "./upgrade.ts";

/** A request may take so long to arrive whole, and its headers. Units: ms. */
const ARRIVAL = { requestTimeout: 600_000, headersTimeout: 20_000, keepAliveTimeout: 5_000 } as const;

/** The server of all previews; it does not listen yet. */
export function previewServer(options: ResolvedPreviewOptions, previews: OpenPreviews): Server {
  const server = createServer(ARRIVAL);
  server.maxConnections = options.maxConnections;
  server.on("request", (request, response) => void answer(options, previews, request, response));
  server.on("upgrade", (request, socket, head) => void join(options, previews, { request, socket, head }));
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

async function answer(
  options: ResolvedPreviewOptions,
  previews: OpenPreviews,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.socket.setNoDelay(true);
  const found = foundFor(options, previews, request);
  if ("status" in found) return show(response, found);
  const { asked, preview } = found;
  const cookie = asked.by === "path" ? rememberingCookie(asked.token) : undefined;
  if (cookie !== undefined && isVisit(request)) {
    response.writeHead(302, { location: asked.path, "set-cookie": cookie, "cache-control": "no-store" }).end();
    return;
  }
  preview.using += 1;
  await relay(options, { request, response, preview, path: asked.path, ...(cookie !== undefined && { cookie }) });
  preview.using -= 1;
}

type Joining = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

async function join(options: ResolvedPreviewOptions, previews: OpenPreviews, joining: Joining): Promise<void> {
  const { socket, request } = joining;
  socket.on("error", () => socket.destroy());
  const found = foundFor(options, previews, request);
  if ("status" in found) return refuse(socket, found);
  const { asked, preview } = found;
  preview.using += 1;
  await joinInside(options, { ...joining, preview, path: asked.path });
  preview.using -= 1;
}

function foundFor(
  { maxPerPreview }: ResolvedPreviewOptions,
  previews: OpenPreviews,
  { url = "/", headers }: IncomingMessage,
): { readonly asked: Asked; readonly preview: OpenPreview } | Shown {
  const asked = askedBy(url, headers.host, headers.cookie);
  const preview = asked === undefined ? undefined : previews.find(asked.token);
  if (asked === undefined || preview === undefined) return SHOWN.unknown;
  if (preview.signal.aborted) return SHOWN.ended;
  return preview.using < maxPerPreview ? { asked, preview } : SHOWN.crowded;
}

/** Whether somebody opens a page, rather than a program asking for something. */
function isVisit({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && /\btext\/html\b/.test(headers.accept ?? "");
}
