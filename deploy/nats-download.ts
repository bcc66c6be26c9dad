import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "./errors.ts";
import { type Archive, CHECKSUMS_FILE, NATS_SERVER_VERSION } from "./nats-release.ts";
import type { RunProgram } from "./program.ts";

/** How long and how much a download may be. */
export type DownloadLimits = {
  /** Given up after this long without a byte, connecting included. Default 30 s. */
  readonly idleMs: number;
  /** Given up after this long whatever comes. Default 10 minutes. */
  readonly totalMs: number;
  /** Largest archive taken. Default 64 MiB, several times the real ones. */
  readonly maxBytes: number;
};

/** What a download may cost unless told otherwise. */
export const DOWNLOAD_LIMITS: DownloadLimits = { idleMs: 30_000, totalMs: 600_000, maxBytes: 64 * 1024 * 1024 };

/** Where a release comes from and what it is held against. */
type Release = {
  /** The folder of all releases, without a slash at its end. */
  readonly baseUrl: string;
  readonly archive: Archive;
  /** Checksums that win over the release's own list. */
  readonly pins: Readonly<Record<string, string>>;
  readonly limits: DownloadLimits;
  readonly fetch: typeof fetch;
};

const CHECKSUMS_MAX_BYTES = 64 * 1024;
const UNPACK_TIMEOUT_MS = 60_000;

/** Fetches a release archive into a folder and unpacks the server from it once its checksum is right. Throws: Error. */
export async function downloadServer(release: Release, draftDir: string, run: RunProgram): Promise<string> {
  const { archive } = release;
  const expected = release.pins[archive.name] ?? (await publishedChecksum(release));
  const got = await save(release, join(draftDir, archive.name));
  if (got !== expected) throw new Error(`${archive.name} has the SHA-256 ${got} where ${expected} is expected`);
  // Names without a folder, since tar takes what stands before a colon for a host.
  await run(tarProgram(), ["-xof", archive.name, archive.member], {
    cwd: draftDir,
    timeoutMs: UNPACK_TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw new Error(`${archive.name} cannot be unpacked: ${reasonOf(error)}`, { cause: error });
  });
  return join(draftDir, archive.member);
}

/** Windows' own tar reads zip, which a GNU tar before it on PATH does not. */
function tarProgram(): string {
  if (process.platform !== "win32") return "tar";
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", "tar.exe");
}

async function publishedChecksum(release: Release): Promise<string> {
  requireSafeTransport(release.baseUrl);
  const chunks: Uint8Array[] = [];
  for await (const chunk of receive(release, CHECKSUMS_FILE, CHECKSUMS_MAX_BYTES)) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString("utf8").split("\n");
  const line = lines.map((text) => text.trim().split(/\s+\*?/)).find(([, name]) => name === release.archive.name);
  const checksum = line?.[0]?.toLowerCase();
  if (checksum === undefined || !/^[0-9a-f]{64}$/.test(checksum)) {
    throw new Error(`its ${CHECKSUMS_FILE} has no checksum of ${release.archive.name}`);
  }
  return checksum;
}

/** A list of checksums that anybody on the way may rewrite protects from nothing. */
function requireSafeTransport(baseUrl: string): void {
  const url = URL.parse(baseUrl);
  if (url === null) throw new Error(`${baseUrl} is not the address of a folder of releases`);
  if (url.protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname)) return;
  throw new Error(`${baseUrl} is not https, and no checksum of the archive is pinned`);
}

async function save(release: Release, path: string): Promise<string> {
  const hash = createHash("sha256");
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of receive(release, release.archive.name, release.limits.maxBytes)) {
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  return hash.digest("hex");
}

async function* receive(release: Release, name: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  const { idleMs, totalMs } = release.limits;
  const url = `${release.baseUrl}/v${NATS_SERVER_VERSION}/${name}`;
  const stop = new AbortController();
  const idle = setTimeout(() => stop.abort(new Error(`${url} sent nothing for ${idleMs / 1000} s`)), idleMs);
  const total = setTimeout(() => stop.abort(new Error(`${url} took more than ${totalMs / 1000} s`)), totalMs);
  try {
    const response = await release.fetch(url, { signal: stop.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    let bytes = 0;
    for await (const chunk of response.body) {
      idle.refresh();
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error(`${url} is larger than ${maxBytes} bytes`);
      yield chunk;
    }
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
    stop.abort();
  }
}
