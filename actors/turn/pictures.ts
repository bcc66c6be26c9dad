import { isPicture } from "#models/mod.ts";
import type { SentFile } from "#subjects/turn.ts";
import type { Line } from "./line.ts";
import type { Window } from "./prompt.ts";

/** So many messages before what a call is about show their pictures too; older ones are only named, for each costs again. */
const MESSAGES_BEFORE = 3;

/** Most pictures of one call. */
const MAX_PICTURES = 10;

/** Most of all pictures of one call: they go as base64 into one request, and no API takes more than some 20 to 32 MB. Units: bytes. */
const MAX_BYTES = 10_000_000;

/** The pictures that a call should see, the newest first: those of what it is about, and of the last messages before that. */
export function picturesWanted({ lines, open }: Pick<Window, "lines" | "open">): readonly SentFile[] {
  const start = lines.length - open;
  const heard = (some: readonly Line[]): readonly Line[] => some.filter(({ role }) => role === "user");
  const recent = [...heard(lines.slice(0, start)).slice(-MESSAGES_BEFORE), ...heard(lines.slice(start))];
  const pictures = recent.flatMap(({ files = [] }) => files.filter(isPicture)).toReversed();
  let bytes = 0;
  const end = pictures.findIndex((picture) => {
    bytes += picture.bytes;
    return bytes > MAX_BYTES;
  });
  return pictures.slice(0, Math.min(MAX_PICTURES, end < 0 ? pictures.length : end));
}
