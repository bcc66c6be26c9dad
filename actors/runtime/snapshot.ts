import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { AnyKind } from "./actor.ts";
import type { Fold, FoldStart } from "./fold.ts";
import { SeenMail } from "./seen.ts";

/** Above this a snapshot is compressed. Units: bytes. */
const COMPRESS_BYTES = 64 * 1024;

/** Above this no snapshot is kept and the log is read instead: the server's message limit, less room for headers. Units: bytes. */
const MAX_BYTES = 7 * 1024 * 1024;

const GZIP_MAGIC = 0x1f;

const snapshotSchema = z.object({
  version: z.number().int(),
  seq: z.number().int().positive(),
  id: z.string(),
  sent: z.number().int(),
  state: z.unknown(),
  seen: z.array(z.tuple([z.string(), z.number()])),
  forgotten: z.number(),
  resumed: z.record(z.string(), z.number().int()),
});

/**
 * Writes what is needed to go on from here without the log before it; undefined when it would be too large to keep.
 * Only to be called while every send is confirmed.
 */
export function encodeSnapshot(kind: AnyKind, fold: Fold): Uint8Array | undefined {
  const seen = fold.seen.save();
  const snapshot: z.input<typeof snapshotSchema> = {
    version: kind.stateVersion,
    seq: fold.seq,
    id: fold.id,
    sent: fold.sentSeq,
    state: fold.state,
    seen: seen.ids.map(([id, at]) => [id, at]),
    forgotten: seen.forgottenUntil,
    resumed: fold.savedResumptions(),
  };
  const plain = Buffer.from(JSON.stringify(snapshot));
  const bytes = plain.length > COMPRESS_BYTES ? gzipSync(plain) : plain;
  return bytes.length > MAX_BYTES ? undefined : bytes;
}

/** Reads a snapshot; undefined when it is of another version or unreadable, for then the log has it all. */
export function decodeSnapshot(
  kind: Pick<AnyKind, "stateVersion">,
  bytes: Uint8Array | undefined,
): FoldStart | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const parsed = snapshotSchema.safeParse(readJson(bytes));
  if (!parsed.success || parsed.data.version !== kind.stateVersion) return undefined;
  const { state, seq, id, sent, seen, forgotten, resumed } = parsed.data;
  return {
    state,
    seq,
    id,
    sentSeq: sent,
    seen: new SeenMail(seen, forgotten),
    resumptions: new Map(Object.entries(resumed)),
  };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    const plain = bytes[0] === GZIP_MAGIC ? gunzipSync(bytes) : Buffer.from(bytes);
    return JSON.parse(plain.toString("utf8"));
  } catch {
    return undefined;
  }
}
