import type { Readable } from "node:stream";
import { isAddress } from "#subjects/mod.ts";
import { BadArtifactName } from "./errors.ts";

/**
 * What is known of something in the object store. Units: `bytes`; `at` ms since 1970. `sum` is the SHA-256 of it, in
 * hex.
 */
export type ArtifactInfo = {
  readonly name: string;
  readonly bytes: number;
  readonly sum: string;
  readonly description: string;
  readonly at: number;
};

/** An artifact as it is read: what is known of it, and its bytes as they come. */
export type OpenArtifact = { readonly info: ArtifactInfo; readonly content: Readable };

/** Reads things too big for a message. */
export type ArtifactReader = {
  /**
   * Opens one by its name; undefined when there is none. Its content ends with ArtifactDamaged when what comes is not
   * what was put, and with Closed when nobody wants it any more. Throws: NotAllowed where the contract does not say
   * `artifacts`; Closed.
   */
  get(name: string): Promise<OpenArtifact | undefined>;
};

/** Keeps and reads things too big for a message. Shape of a name: `main.executor.ada/use-19-0/report.pdf`. */
export type Artifacts = ArtifactReader & {
  /**
   * Keeps it under `<address>/<something>`, the address being one of the own kind; resolves when the bus has all of it.
   * Under a name that is taken the newer one stands. Throws: BadArtifactName; NotAllowed where the contract does not
   * say `artifacts: "write"`; Closed; what the content throws.
   */
  put(
    name: string,
    content: Readable | Uint8Array,
    more?: { readonly description?: string },
  ): Promise<Pick<ArtifactInfo, "name" | "bytes" | "sum">>;
};

/** Longest name. Units: characters. */
const MAX_NAME = 300;

/** A name is an address of the kind and something behind a slash. Throws: BadArtifactName. */
export function requireOwnName(name: string, kind: string): void {
  const slash = name.indexOf("/");
  const address = name.slice(0, slash);
  const isOwn = slash > 0 && isAddress(address) && address.split(".")[1] === kind;
  if (!isOwn || slash === name.length - 1 || name.length > MAX_NAME || !name.isWellFormed()) {
    throw new BadArtifactName(name, `<agent>.${kind}.<id>/<something>, of at most ${MAX_NAME} characters`);
  }
}

/** Cuts bytes as they come into pieces of one size; the last one may be smaller, and nothing is none. */
export async function* inChunks(content: Readable | Uint8Array, chunkBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    rest.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes < chunkBytes) continue;
    const whole = Buffer.concat(rest);
    let from = 0;
    for (; whole.length - from >= chunkBytes; from += chunkBytes) yield whole.subarray(from, from + chunkBytes);
    rest = [whole.subarray(from)];
    bytes = whole.length - from;
  }
  if (bytes > 0) yield Buffer.concat(rest);
}
