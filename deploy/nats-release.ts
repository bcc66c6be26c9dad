/** The nats-server that Thalassa is built and tested with, and fetches where none is found. */
export const NATS_SERVER_VERSION = "2.15.1";

/** The oldest one that has what the contract needs: message schedules, and atomic fences over a wildcard. */
export const OLDEST_NATS_SERVER = "2.14.0";

/** Where releases are published; `THALASSA_NATS_RELEASES` names a mirror of the same layout. */
export const RELEASES_URL = "https://github.com/nats-io/nats-server/releases/download";

/** The module that `go install` builds. */
export const NATS_SERVER_MODULE = `github.com/nats-io/nats-server/v2@v${NATS_SERVER_VERSION}`;

/** The file of a release that lists the SHA-256 of each of its archives. */
export const CHECKSUMS_FILE = "SHA256SUMS";

/**
 * SHA-256 of release archives that somebody has checked by hand, by archive name; such an entry wins over the
 * release's own list. Empty until then: docs/decisions/0002 says what that leaves open and how to fill it.
 */
export const PINNED_SHA256: Readonly<Record<string, string>> = {};

/** One archive of a release. */
export type Archive = {
  /** Shape: `nats-server-v2.15.1-linux-amd64.tar.gz`. */
  readonly name: string;
  /** Where the server is inside it. Shape: `nats-server-v2.15.1-linux-amd64/nats-server`. */
  readonly member: string;
};

const SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };
const PROCESSORS: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The release archive for a platform and processor in Node's words, or nothing where none is published. */
export function archiveFor(platform: string, arch: string): Archive | undefined {
  const system = SYSTEMS[platform];
  const processor = PROCESSORS[arch];
  if (system === undefined || processor === undefined) return undefined;
  const stem = `nats-server-v${NATS_SERVER_VERSION}-${system}-${processor}`;
  return { name: `${stem}.${platform === "win32" ? "zip" : "tar.gz"}`, member: `${stem}/${binaryName(platform)}` };
}

/** What the server's file is called. */
export function binaryName(platform: string): string {
  return platform === "win32" ? "nats-server.exe" : "nats-server";
}
