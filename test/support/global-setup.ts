import { openHome } from "#deploy/home.ts";
import { findNatsServer } from "#deploy/nats-server.ts";

/** Runs once before all test files: has nats-server at hand, so that no two of them fetch it. */
export async function globalSetup(): Promise<void> {
  const { cacheDir } = openHome();
  await findNatsServer({ cacheDir, progress: (line) => process.stderr.write(`${line}\n`) });
}
