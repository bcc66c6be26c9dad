import { chownSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, reasonOf, ThalassaError } from "./errors.ts";
import { packageVersion } from "./package-version.ts";
import { replaceFile } from "./whole-file.ts";

/** The format of the homes that this version makes and reads; raised when an older version would misread one. */
export const HOME_FORMAT = 1;

const markSchema = z.object({ format: z.int().positive(), by: z.string() });

/** What a home says of itself. Shape: `{ "format": 1, "by": "0.1.0" }`. */
export type HomeMark = Readonly<z.output<typeof markSchema>>;

/** A home that this version must not touch, or of which it cannot tell. */
class HomeOfUnknownFormat extends ThalassaError<"home-newer" | "home-mark-garbled"> {}

/**
 * Refuses a home of a newer format. Changes nothing; a home without a mark is new, or older than marks, which is format 1.
 * Throws: HomeOfUnknownFormat; the system's own error.
 */
export function requireKnownFormat(root: string): void {
  const mark = homeMark(root);
  if (mark === undefined || mark.format <= HOME_FORMAT) return;
  throw new HomeOfUnknownFormat({
    code: "home-newer",
    message: `${root} has format ${mark.format}, made by Thalassa ${mark.by}; this is ${packageVersion()}, which knows formats up to ${HOME_FORMAT}. Nothing in it was touched`,
    hint: `update Thalassa to ${mark.by} or newer, or name another home with THALASSA_HOME`,
  });
}

/** Says in a home of which format it is, where it does not say so yet; whole or not at all. Throws: the system's own error. */
export function markFormat(root: string): void {
  if (homeMark(root) !== undefined) return;
  const mark: HomeMark = { format: HOME_FORMAT, by: packageVersion() };
  const prepare = (draft: string): void => giveToOwnerOf(root, draft);
  replaceFile(markFile(root), `${JSON.stringify(mark)}\n`, { mode: 0o600, prepare });
}

/** The mark of a home; nothing where there is none. Throws: HomeOfUnknownFormat; the system's own error. */
export function homeMark(root: string): HomeMark | undefined {
  try {
    return markSchema.parse(JSON.parse(readFileSync(markFile(root), "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw new HomeOfUnknownFormat({
      code: "home-mark-garbled",
      message: `${markFile(root)} does not say of which format this home is: ${error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error)}`,
      hint: "put it back from a copy; if no newer Thalassa than this one ever ran here, delete it, and it is written anew",
      cause: error,
    });
  }
}

function markFile(root: string): string {
  return join(root, "home.json");
}

/** Root may open somebody's home, who has to be able to read this afterwards. */
function giveToOwnerOf(root: string, path: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(root);
  chownSync(path, uid, gid);
}
