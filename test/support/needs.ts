import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programsOnPath } from "#deploy/program.ts";

/** What a test may need of a machine besides what this project brings. */
export type Need = "engine" | "bubblewrap" | "browser";

/** Where the browser is that tests drive; undefined where there is none. */
export function browserPath(): string | undefined {
  const named = ["chromium", "chromium-browser", "google-chrome", "chrome"];
  const onPath = named.flatMap((name) => programsOnPath(name, process.env));
  const elsewhere = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"].filter(existsSync);
  return [...onPath, ...elsewhere][0];
}

/**
 * For the `skip` of a test: false where the machine has what is needed, else why the test is left out.
 * Throws: Error where `THALASSA_REQUIRE` names the need, so that what should be there is never left out unseen.
 * Shape: `THALASSA_REQUIRE=engine,bubblewrap,browser`.
 */
export function needs(need: Need): string | false {
  const lack = lackOf(need);
  if (lack === undefined) return false;
  const required = (process.env.THALASSA_REQUIRE ?? "").split(",").map((name) => name.trim());
  if (required.includes(need)) throw new Error(`THALASSA_REQUIRE names ${need}: ${lack}`);
  return `${lack} (THALASSA_REQUIRE=${need} makes this a failure)`;
}

const LOOK: Readonly<Record<Need, () => string | undefined>> = {
  engine: () => failing("no Docker engine answers", "docker", ["version", "--format", "{{.Server.Version}}"]),
  bubblewrap: () => failing("bubblewrap does not work", "bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"]),
  browser: () => (browserPath() === undefined ? "there is no Chromium on PATH" : undefined),
};

const seen = new Map<Need, string | undefined>();

function lackOf(need: Need): string | undefined {
  if (!seen.has(need)) seen.set(need, LOOK[need]());
  return seen.get(need);
}

function failing(what: string, command: string, args: readonly string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 20_000 });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? `${error.stderr}`.trim().split("\n").at(-1) : "";
    return `${what}: ${said || (error instanceof Error ? error.message : String(error))}`;
  }
}
