import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type ArtifactInfo, type Artifacts, inChunks } from "#runtime/artifact.ts";

/** An object store in memory, for steps that keep things. */
export function memoryArtifacts(): Artifacts {
  const kept = new Map<string, { readonly info: ArtifactInfo; readonly bytes: Buffer }>();
  return {
    async put(name, content, { description = "" } = {}) {
      const chunks: Buffer[] = [];
      for await (const chunk of inChunks(content, 1_024)) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const sum = createHash("sha256").update(bytes).digest("hex");
      kept.set(name, { info: { name, bytes: bytes.length, sum, description, at: 0 }, bytes });
      return { name, bytes: bytes.length, sum };
    },
    async get(name) {
      const found = kept.get(name);
      return found && { info: found.info, content: Readable.from([found.bytes], { objectMode: false }) };
    },
  };
}
