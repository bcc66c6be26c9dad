import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A file that came with a form. */
export type Upload = { readonly name: string; readonly bytes: Uint8Array };

/** What came over HTTP; `gone` says that nobody waits for the answer any more. */
export type Incoming = {
  readonly path: string;
  readonly body: { readonly type: "json"; readonly given: unknown } | Form;
  readonly gone: AbortSignal;
};

/** A form, with its files by the names that `attach://` calls them. */
export type Form = {
  readonly type: "form";
  readonly fields: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, Upload>;
};

/** What goes back: an answer, the bytes of a file, a broken connection, or nothing as long as somebody waits. */
export type Reply =
  | { readonly type: "json"; readonly status: number; readonly body: unknown }
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "break" }
  | { readonly type: "hang" };

/** A server that listens. */
export type Listening = { readonly port: number; close(): Promise<void> };

/** Listens on the loopback. */
export async function listen(port: number, answer: (incoming: Incoming) => Promise<Reply>): Promise<Listening> {
  const server = createServer((request, response) => {
    serve(request, response, answer).catch((thrown) => response.destroy(thrown));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (incoming: Incoming) => Promise<Reply>,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
  const body = await bodyOf(request);
  const reply = await answer({ path, body, gone: gone.signal });
  switch (reply.type) {
    case "json":
      response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body));
      return;
    case "bytes":
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(reply.bytes);
      return;
    case "break":
      response.destroy();
      return;
    case "hang":
      return;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Incoming["body"]> {
  const bytes = await buffer(request);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) {
    return { type: "json", given: bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8")) };
  }
  const form = await new Response(withQuotedNames(bytes), { headers: { "content-type": type } }).formData();
  const fields: Record<string, string> = {};
  const files = new Map<string, Upload>();
  for (const [key, value] of form) {
    if (typeof value === "string") fields[key] = value;
    else files.set(key, { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return { type: "form", fields, files };
}

/** grammY gives names of files without quotes; whoever reads forms by the book cuts such names at the first space. */
function withQuotedNames(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const quoted = bytes
    .toString("latin1")
    .replace(/(\r\ncontent-disposition:form-data;name="[^"\r\n]*";filename=)([^"\r\n]+)(?=\r\n)/g, '$1"$2"');
  return new Uint8Array(Buffer.from(quoted, "latin1"));
}
