import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { askedInside, dialled } from "./dialling.ts";
import { outsideHeaders } from "./headers.ts";
import type { OpenPreview } from "./open-previews.ts";
import type { ResolvedPreviewOptions } from "./options.ts";
import { SHOWN, type Shown, show } from "./shown.ts";

/** A request for something inside: what is asked, where to answer, and whose it is. */
export type Relayed = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly preview: OpenPreview;
  readonly path: string;
  /** Added to the answer's headers. */
  readonly cookie?: string;
};

/** Has the program inside answer, as it answers: nothing is held back, either way. Never rejects. */
export async function relay(options: ResolvedPreviewOptions, relayed: Relayed): Promise<void> {
  const { request, response, preview, path, cookie } = relayed;
  const inside = await dialled(options, preview);
  if ("type" in inside) return show(response, inside.shown);
  const onward = askedInside(inside, request, path, preview);
  const over = () => onward.destroy();
  response.once("close", over);
  preview.signal.addEventListener("abort", over);
  try {
    if (response.closed) return;
    const answer = await answered(onward, request, options.answerMs);
    if (isShown(answer)) return show(response, preview.signal.aborted ? SHOWN.ended : answer);
    const headers = outsideHeaders(answer, preview.port);
    if (cookie !== undefined) headers["set-cookie"] = [headers["set-cookie"] ?? [], cookie].flat();
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers as Record<string, string | string[]>);
    response.flushHeaders();
    await pipeline(answer, response);
  } catch {
    response.destroy();
  } finally {
    preview.signal.removeEventListener("abort", over);
    over();
  }
}

/** What the program begins to answer. Its time runs from when it has all that was asked. */
async function answered(
  onward: ClientRequest,
  request: IncomingMessage,
  answerMs: number,
): Promise<IncomingMessage | Shown> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage | Shown>();
  let timer: NodeJS.Timeout | undefined;
  const waiting = () => {
    timer = setTimeout(() => resolve(SHOWN.slow), answerMs);
  };
  onward.once("finish", waiting);
  onward.once("response", resolve);
  onward.on("error", () => resolve(SHOWN.broken));
  onward.once("close", () => resolve(SHOWN.broken));
  request.once("error", () => onward.destroy());
  request.pipe(onward);
  try {
    return await promise;
  } finally {
    onward.off("finish", waiting);
    clearTimeout(timer);
  }
}

function isShown(answer: IncomingMessage | Shown): answer is Shown {
  return "title" in answer;
}
