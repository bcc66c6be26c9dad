import { existsSync } from "node:fs";
import { chmod, copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { RECIPE_LABEL, WORKSPACE_IMAGE } from "#actors/executor/docker/image.ts";
import { reasonOf, ThalassaError } from "#deploy/errors.ts";
import { takeFileLock } from "#deploy/file-lock.ts";
import { baseImage } from "./base.ts";
import { type ImageWork, imageWork } from "./image-work.ts";
import { DOCKERFILE, NPM_VERSION, nodePackage, PACKAGES, recipeSum } from "./recipe.ts";

/** How the image is built. */
export type ImageOptions = {
  /** The engine's socket, where the `docker` program does not take the right one by itself. */
  readonly socket?: string;
  /** Where files are put together. Default: the system's folder for what is temporary. */
  readonly workDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Put on the image besides our own. */
  readonly labels?: Readonly<Record<string, string>>;
};

/** What became of it. Units: `tookMs`. */
export type BuiltImage = { readonly image: string; readonly built: boolean; readonly tookMs: number };

/** The image of environments could not be built. */
class ImageNotBuilt extends ThalassaError<"image-not-built"> {
  constructor(reasons: readonly string[], cause?: unknown) {
    super({
      code: "image-not-built",
      message: [`the image ${WORKSPACE_IMAGE} could not be built`, ...reasons].join("\n  "),
      hint: "start Docker and let it reach a registry, or run this as root on a Debian with debootstrap; then again",
      cause,
    });
  }
}

/** Has the image of environments in the engine, as this version wants it. One that is there is left alone. Throws: ImageNotBuilt. */
export async function buildWorkspaceImage(options: ImageOptions, onLine: (line: string) => void): Promise<BuiltImage> {
  const { env = process.env, workDir = tmpdir(), socket, labels = {} } = options;
  const started = performance.now();
  const work = imageWork(env, workDir, socket, onLine);
  try {
    using _alone = await lock(join(workDir, `thalassa-image-${userInfo().uid}.lock`));
    const architecture = await work.docker.ask(["version", "--format", "{{.Server.Arch}}"]);
    const sum = recipeSum(architecture);
    const built = (await sumThere(work)) !== sum;
    if (built) await build(work, architecture, { ...labels, [RECIPE_LABEL]: sum });
    return { image: WORKSPACE_IMAGE, built, tookMs: Math.round(performance.now() - started) };
  } catch (error) {
    throw error instanceof ImageNotBuilt ? error : new ImageNotBuilt([reasonOf(error)], error);
  }
}

/** Whether the image that is in the engine is the one that this version builds. Throws: Error when no engine answers. */
export async function workspaceImageState(env: NodeJS.ProcessEnv): Promise<"current" | "outdated" | "missing"> {
  const work = imageWork(env, tmpdir(), undefined, () => {});
  const architecture = await work.docker.ask(["version", "--format", "{{.Server.Arch}}"]);
  const sum = await sumThere(work);
  if (sum === undefined) return "missing";
  return sum === recipeSum(architecture) ? "current" : "outdated";
}

async function sumThere(work: ImageWork): Promise<string | undefined> {
  return await inspected(work, `{{index .Config.Labels "${RECIPE_LABEL}"}}`);
}

async function idThere(work: ImageWork): Promise<string | undefined> {
  return await inspected(work, "{{.Id}}");
}

async function inspected({ docker }: ImageWork, format: string): Promise<string | undefined> {
  return await docker.ask(["image", "inspect", "--format", format, WORKSPACE_IMAGE]).catch(() => undefined);
}

async function build(work: ImageWork, architecture: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const found = await baseImage(work);
  if ("tried" in found) throw new ImageNotBuilt(found.tried);
  const dir = await mkdtemp(join(work.workDir, "thalassa-image-"));
  try {
    await putNode(work, dir, architecture);
    await chmod(join(dir, "node"), 0o755);
    await putNpm(work, dir);
    await copyFile(DOCKERFILE, join(dir, "Dockerfile"));
    work.onLine(`Building ${WORKSPACE_IMAGE} on ${found.base}…`);
    const args = ["--build-arg", `BASE=${found.base}`, "--build-arg", `PACKAGES=${PACKAGES.join(" ")}`];
    const marks = Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);
    const before = await idThere(work);
    await work.docker.tell(["build", ...args, ...marks, "--force-rm", "--tag", WORKSPACE_IMAGE, dir]);
    // What runs on the one before keeps it; else it would lie there without a name.
    if (before !== undefined && before !== (await idThere(work)))
      await work.docker.ask(["image", "rm", before]).catch(() => {});
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The Node that this project brings, or the same for the engine's architecture. */
async function putNode(work: ImageWork, dir: string, architecture: string): Promise<void> {
  const { name, version } = nodePackage(architecture);
  const here = fileURLToPath(new URL(`../../node_modules/${name}/bin/node`, import.meta.url));
  if (existsSync(here)) return await copyFile(here, join(dir, "node"));
  const unpacked = await packed(work, dir, `${name}@${version}`);
  await copyFile(join(unpacked, "bin/node"), join(dir, "node"));
  await rm(unpacked, { recursive: true });
}

async function putNpm(work: ImageWork, dir: string): Promise<void> {
  await rename(await packed(work, dir, `npm@${NPM_VERSION}`), join(dir, "npm"));
  for (const part of ["docs", "man"]) await rm(join(dir, "npm", part), { recursive: true, force: true });
}

/** A package as it is published, unpacked. */
async function packed({ run }: ImageWork, dir: string, name: string): Promise<string> {
  const into = await mkdtemp(join(dir, "package-"));
  const { stdout } = await run("npm", ["pack", name, "--silent", "--pack-destination", into], {
    timeoutMs: 300_000,
    cwd: dir,
  });
  const archive = join(into, stdout.trim().split("\n").at(-1) ?? "");
  await run("tar", ["-xzf", archive, "-C", into], { timeoutMs: 60_000 });
  await rm(archive);
  return join(into, "package");
}

/** Two builds at once would do the same work twice. */
async function lock(path: string): Promise<Disposable> {
  while (true) {
    const held = takeFileLock(path);
    if (held !== undefined) return held;
    await delay(200);
  }
}
