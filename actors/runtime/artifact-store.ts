import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { StoredMsg } from "@nats-io/jetstream";
import { z } from "zod";
import { ARTIFACT_STREAM, ARTIFACTS, artifactChunks, artifactEntry, paddedBase64 } from "#subjects/mod.ts";
import {
  type ArtifactInfo,
  type ArtifactReader,
  type Artifacts,
  inChunks,
  type OpenArtifact,
  requireOwnName,
} from "./artifact.ts";
import { ArtifactDamaged } from "./errors.ts";
import { answerOf } from "./nats-errors.ts";
import type { Wire } from "./wire.ts";

/** As the tools for object stores have it. Units: bytes. */
const CHUNK_BYTES = 128 * 1024;

/** A replica may lag behind for so long before what it has not counts as missing. */
const LAG = { tries: 3, waitMs: 40 } as const;

const DIGEST = "SHA-256=";

/** What stands in the store under a name. Source: ADR-20, whose form the `nats` CLI reads. */
const entrySchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  nuid: z.string(),
  size: z.number().int(),
  chunks: z.number().int(),
  digest: z.string().startsWith(DIGEST),
  mtime: z.string(),
  deleted: z.boolean().default(false),
});

type Entry = z.output<typeof entrySchema>;

type Query = { readonly last_by_subj: string } | { readonly seq: number; readonly next_by_subj: string };

/**
 * The object store for a kind's steps, each with the signal that ends its waiting. Written and read by publishes and
 * direct gets alone: the library of the object store makes consumers to read and purges what it replaces, and who may
 * do that may wipe the store. So what a newer version replaced, and what a put cut short had written, stays until the
 * operator removes it. Rights cannot name artifacts, for the server knows only chunks and encoded names; that a kind
 * writes under its own addresses is held here alone.
 */
export function artifactsOver(wire: Wire, kind: string): (signal: AbortSignal) => Artifacts {
  return (signal) => ({
    ...artifactReader(wire, signal),
    async put(name, content, { description = "" } = {}) {
      requireOwnName(name, kind);
      const nuid = randomBytes(16).toString("hex");
      const written = await writeChunks(wire, artifactChunks(nuid), content, signal);
      const { bytes, chunks, sum } = written;
      const entry: z.input<typeof entrySchema> = {
        name,
        description,
        nuid,
        size: bytes,
        chunks,
        digest: `${DIGEST}${paddedBase64(sum)}`,
        mtime: new Date().toISOString(),
      };
      const body = JSON.stringify({ ...entry, bucket: ARTIFACTS.name, options: { max_chunk_size: CHUNK_BYTES } });
      await wire.persist(() => wire.js.publish(artifactEntry(name), body, { msgID: nuid }), signal);
      return { name, bytes, sum: sum.toString("hex") };
    },
  });
}

/** The object store for whoever only reads. */
export function artifactReader(wire: Wire, signal: AbortSignal): ArtifactReader {
  return {
    async get(name): Promise<OpenArtifact | undefined> {
      const found = await ask(wire, { last_by_subj: artifactEntry(name) }, signal);
      if (found === undefined) return undefined;
      const entry = readEntry(name, found);
      if (entry.deleted) return undefined;
      const content = Readable.from(chunksOf(wire, entry, signal), { objectMode: false });
      return { info: infoOf(entry), content };
    },
  };
}

async function writeChunks(
  wire: Wire,
  subject: string,
  content: Readable | Uint8Array,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly chunks: number; readonly sum: Buffer }> {
  const hash = createHash("sha256");
  let [bytes, chunks, seq] = [0, 0, 0];
  for await (const chunk of inChunks(content, CHUNK_BYTES)) {
    hash.update(chunk);
    bytes += chunk.length;
    chunks++;
    seq = await appendChunk(wire, subject, chunk, seq, signal);
  }
  return { bytes, chunks, sum: hash.digest() };
}

/** Puts a chunk behind the one at `seq`, once however often it is tried; gives its own place. */
async function appendChunk(
  wire: Wire,
  subject: string,
  chunk: Uint8Array,
  seq: number,
  signal: AbortSignal,
): Promise<number> {
  try {
    const expect = { lastSubjectSequence: seq };
    return (await wire.persist(() => wire.js.publish(subject, chunk, { expect }), signal)).seq;
  } catch (error) {
    if (answerOf(error) !== "fenced") throw error;
    // Nobody else writes there: an earlier try of ours was stored, and its answer lost.
    const stored = await ask(wire, { seq: seq + 1, next_by_subj: subject }, signal);
    if (stored === undefined) throw error;
    return stored.seq;
  }
}

async function* chunksOf(wire: Wire, entry: Entry, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const next_by_subj = artifactChunks(entry.nuid);
  for (let at = 0, seq = 0; at < entry.chunks; at++) {
    const chunk = await ask(wire, { seq: seq + 1, next_by_subj }, signal);
    if (chunk === undefined) throw new ArtifactDamaged(entry.name, `${at} of its ${entry.chunks} parts are there`);
    seq = chunk.seq;
    hash.update(chunk.data);
    yield chunk.data;
  }
  if (!sumOf(entry).equals(hash.digest())) {
    throw new ArtifactDamaged(entry.name, "its bytes are not those whose sum was written down");
  }
}

/** Asks the nearest replica, and again where it may lag behind; undefined when there is nothing. */
async function ask(wire: Wire, query: Query, signal: AbortSignal): Promise<StoredMsg | undefined> {
  for (let tries = 1; ; tries++) {
    const found = await wire.persist(() => wire.jsm.direct.getMessage(ARTIFACT_STREAM, query), signal);
    if (found !== null) return found;
    if (tries >= LAG.tries) return undefined;
    await delay(LAG.waitMs, undefined, { signal }).catch(() => {});
  }
}

function readEntry(name: string, message: StoredMsg): Entry {
  try {
    return entrySchema.parse(message.json());
  } catch (cause) {
    throw new ArtifactDamaged(name, "what stands under its name is no entry of an object store", cause);
  }
}

function infoOf(entry: Entry): ArtifactInfo {
  const { name, size, description, mtime } = entry;
  return { name, bytes: size, sum: sumOf(entry).toString("hex"), description, at: Date.parse(mtime) };
}

function sumOf({ digest }: Entry): Buffer {
  return Buffer.from(digest.slice(DIGEST.length), "base64url");
}
