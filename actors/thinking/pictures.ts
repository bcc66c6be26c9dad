import { buffer } from "node:stream/consumers";
import { type Pictures, picturesWanted, type Window } from "#actors/turn/mod.ts";
import { type ImagePart, isPicture, pictureOf } from "#models/mod.ts";
import type { ArtifactReader } from "#runtime/mod.ts";
import type { SentFile } from "#subjects/turn.ts";

/** The pictures that a call sees, as the object store has them; one that is gone or damaged is only named. Throws: the signal's reason. */
export async function picturesOf(window: Window, artifacts: ArtifactReader, signal: AbortSignal): Promise<Pictures> {
  const fetched = await Promise.all(
    picturesWanted(window).map(async (file) => {
      const picture = await fetchPicture(file, artifacts).catch(() => undefined);
      return picture === undefined ? [] : [[file.artifact, picture] as const];
    }),
  );
  signal.throwIfAborted();
  return new Map(fetched.flat());
}

async function fetchPicture(file: SentFile, artifacts: ArtifactReader): Promise<ImagePart | undefined> {
  const found = await artifacts.get(file.artifact);
  if (found === undefined) return undefined;
  if (!isPicture({ ...file, bytes: found.info.bytes })) {
    found.content.destroy();
    return undefined;
  }
  return pictureOf(file, await buffer(found.content));
}
