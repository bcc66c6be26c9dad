import { join } from "node:path";
import { binaryName, NATS_SERVER_MODULE } from "./nats-release.ts";
import type { RunProgram } from "./program.ts";

/** A cold build takes about a minute on two cores; Go may have to fetch a newer toolchain first. */
const TIMEOUT_MS = 15 * 60 * 1000;

/** Builds the server into a folder with the Go on PATH, which checks the source against Go's public checksum log. Throws: Error. */
export async function buildServer(draftDir: string, run: RunProgram): Promise<string> {
  await run("go", ["install", NATS_SERVER_MODULE], { cwd: draftDir, env: { GOBIN: draftDir }, timeoutMs: TIMEOUT_MS });
  return join(draftDir, binaryName(process.platform));
}
