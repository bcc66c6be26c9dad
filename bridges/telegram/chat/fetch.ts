import { setTimeout as delay } from "node:timers/promises";
import { fileTypeFromBuffer } from "file-type";
import { type Api, GrammyError, HttpError } from "grammy";
import { apiSignal } from "#bridges/telegram/api/caller.ts";
import { verdictOf } from "#bridges/telegram/api/verdict.ts";
import type { Tools } from "#runtime/mod.ts";
import type { Admitted, OfferedFile } from "#subjects/telegram-update.ts";
import { MAX_FILES, type SentFile } from "#subjects/turn.ts";
import type { ChatBrought } from "./brought.ts";
import { fileName } from "./file-name.ts";

/** Largest file that a bot is given. Source: https://core.telegram.org/bots/api#getfile */
export const MAX_FETCHED = 20 * 1024 * 1024;

/** A file is tried so often, with growing pauses. Units: ms. */
const TRIES = { most: 5, pauseMs: 500 } as const;

/** A file has so long to come. Units: ms. */
const FETCH_MS = 120_000;

/** Where files are fetched from. */
export type FetchPort = { readonly api: Api; readonly root: string; readonly token: string };

/** Keeps the files of messages in the object store; of those that cannot be had it is said why. The same one again is put under the same name. */
export async function fetchFiles(
  messages: readonly Admitted[],
  port: FetchPort,
  tools: Tools<ChatBrought>,
): Promise<ChatBrought> {
  const offered = messages.flatMap(({ incoming }) =>
    incoming.type === "message" ? incoming.files.map((file) => ({ file, message: incoming.message })) : [],
  );
  const files: SentFile[] = [];
  const notes: string[] = [];
  for (const [index, { file, message }] of offered.slice(0, MAX_FILES).entries()) {
    const kept = await keep(file, `${message}-${index}`, port, tools);
    if (typeof kept === "string") notes.push(`[${file.name ?? `a ${file.sort}`}: ${kept}]`);
    else files.push(kept);
  }
  if (offered.length > MAX_FILES) notes.push(`[${offered.length - MAX_FILES} more files were left out]`);
  return { type: "fetched", files, notes };
}

async function keep(
  file: OfferedFile,
  key: string,
  port: FetchPort,
  { address, artifacts, signal }: Tools<ChatBrought>,
): Promise<SentFile | string> {
  if ((file.bytes ?? 0) > MAX_FETCHED) return TOO_LARGE;
  const content = await downloaded(file, port, signal);
  if (typeof content === "string") return content;
  const type = await fileTypeFromBuffer(content);
  const name = fileName(file, type?.ext);
  const description = `${file.sort} ${name}`;
  const put = await artifacts.put(`${address}/${key}`, content, { description });
  return { artifact: put.name, name, type: type?.mime ?? textLike(content), bytes: put.bytes };
}

const TOO_LARGE = `not fetched: Telegram gives bots no file above ${MAX_FETCHED / 1024 / 1024} MB`;

/** What has no signature and reads as text is text. */
function textLike(content: Buffer): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return text.includes("\0") ? BINARY : "text/plain";
  } catch {
    return BINARY;
  }
}

const BINARY = "application/octet-stream";

async function downloaded(file: OfferedFile, port: FetchPort, signal: AbortSignal): Promise<Buffer | string> {
  for (let tries = 1; ; tries++) {
    try {
      return await download(file, port, AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]));
    } catch (error) {
      signal.throwIfAborted();
      const pauseMs = pauseAfter(error, tries);
      if (pauseMs === undefined) return "not fetched: Telegram did not give it";
      await delay(pauseMs, undefined, { signal });
    }
  }
}

/** How long to wait before it is tried again; undefined where that is no use. */
function pauseAfter(error: unknown, tries: number): number | undefined {
  const pauseMs = TRIES.pauseMs * 2 ** tries;
  if (error instanceof Unfetched || !isOfTelegram(error)) return tries < TRIES.most ? pauseMs : undefined;
  const verdict = verdictOf(error);
  if (verdict.type !== "again") return undefined;
  if (verdict.afterMs !== undefined) return verdict.afterMs;
  return tries < TRIES.most ? pauseMs : undefined;
}

function isOfTelegram(error: unknown): boolean {
  return error instanceof GrammyError || error instanceof HttpError;
}

/** What came in its place. */
class Unfetched extends Error {}

async function download(
  { id }: OfferedFile,
  { api, root, token }: FetchPort,
  signal: AbortSignal,
): Promise<Buffer | string> {
  const { file_path: path } = await api.raw.getFile({ file_id: id }, apiSignal(signal));
  if (path === undefined) throw new Unfetched();
  const answer = await fetch(`${root}/file/bot${token}/${path}`, { signal });
  if (!answer.ok || answer.body === null) throw new Unfetched();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body) {
    bytes += piece.length;
    if (bytes > MAX_FETCHED) return TOO_LARGE;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
