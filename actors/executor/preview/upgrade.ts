import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { askedInside, dialled } from "./dialling.ts";
import { outsideHeaders } from "./headers.ts";
import type { OpenPreview } from "./open-previews.ts";
import type { ResolvedPreviewOptions } from "./options.ts";
import { SHOWN, type Shown, shownBytes } from "./shown.ts";

/** A connection that asks to become a WebSocket, or anything else that is not HTTP. */
export type Upgrading = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly preview: OpenPreview;
  readonly path: string;
};

/** Joins both ends, for as long as the preview is open. Never rejects. */
export async function joinInside(options: ResolvedPreviewOptions, upgrading: Upgrading): Promise<void> {
  const { request, socket, head, preview, path } = upgrading;
  const dialling = await dialled(options, preview);
  if ("type" in dialling) return refuse(socket, dialling.shown);
  const { promise, resolve } = Promise.withResolvers<readonly [IncomingMessage, Duplex, Buffer] | Shown>();
  const timer = setTimeout(() => resolve(SHOWN.slow), options.answerMs);
  const onward = askedInside(dialling, request, path, preview);
  onward.once("upgrade", (answer, inside, first) => resolve([answer, inside, first]));
  onward.once("response", (answer) => resolve([answer, dialling, Buffer.alloc(0)]));
  onward.on("error", () => resolve(SHOWN.broken));
  onward.once("close", () => resolve(SHOWN.broken));
  const over = () => dialling.destroy();
  socket.once("close", over);
  preview.signal.addEventListener("abort", over);
  onward.end();
  try {
    const answered = await promise;
    if ("title" in answered) return refuse(socket, preview.signal.aborted ? SHOWN.ended : answered);
    const [answer, inside, first] = answered;
    socket.write(headOf(answer, preview.port));
    if (answer.statusCode !== 101) return await pipeline(answer, socket);
    socket.write(first);
    inside.write(head);
    await Promise.all([pipeline(socket, inside), pipeline(inside, socket)]);
  } catch {
    socket.destroy();
  } finally {
    clearTimeout(timer);
    preview.signal.removeEventListener("abort", over);
    over();
  }
}

/** Answers on a connection that is not to become anything else, and ends it. */
export function refuse(socket: Duplex, shown: Shown): void {
  socket.end(shownBytes(shown));
}

function headOf(answer: IncomingMessage, port: number): string {
  const { upgrade } = answer.headers;
  const joined = answer.statusCode === 101 && upgrade !== undefined;
  const headers = [
    ...Object.entries(outsideHeaders(answer, port)).flatMap(([name, all]) =>
      [all].flat().map((value) => [name, value]),
    ),
    ...(joined
      ? [
          ["connection", "upgrade"],
          ["upgrade", upgrade],
        ]
      : [["connection", "close"]]),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, ...lines, "", ""].join("\r\n");
}
