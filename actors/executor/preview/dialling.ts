import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { EngineError } from "#actors/executor/engine.ts";
import { insideHeaders } from "./headers.ts";
import type { OpenPreview } from "./open-previews.ts";
import type { ResolvedPreviewOptions } from "./options.ts";
import { SHOWN, type Shown } from "./shown.ts";

/** Why nothing of a program inside can be shown. */
export type NoAnswer = { readonly type: "no-answer"; readonly shown: Shown };

/** A connection to the program inside, or what is to be shown in its place. */
export async function dialled(
  { engine, connectMs }: ResolvedPreviewOptions,
  { env, port }: OpenPreview,
): Promise<Duplex | NoAnswer> {
  const connecting = engine.connect(env, port);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), connectMs);
  try {
    const inside = await Promise.race([connecting, late.promise]);
    if (inside !== undefined) return inside;
    connecting.then(dropped, () => undefined);
    return { type: "no-answer", shown: SHOWN.slow };
  } catch (error) {
    const gone = error instanceof EngineError && error.code === "gone";
    return { type: "no-answer", shown: gone ? SHOWN.down : SHOWN.refused };
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the program inside what somebody outside asks. What is sent along is piped by the caller. */
export function askedInside(
  inside: Duplex,
  request: IncomingMessage,
  path: string,
  preview: OpenPreview,
): ClientRequest {
  const { connection, upgrade } = request.headers;
  const upgrading = upgrade !== undefined && connection !== undefined;
  return httpRequest({
    createConnection: () => inside,
    method: request.method ?? "GET",
    path,
    headers: {
      ...insideHeaders(request, preview.port),
      connection: upgrading ? "upgrade" : "close",
      ...(upgrading ? { upgrade } : {}),
    },
  });
}

function dropped(inside: Duplex): void {
  inside.on("error", () => undefined);
  inside.destroy();
}
