import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "#deploy/errors.ts";
import { programsOnPath } from "#deploy/program.ts";
import type { ImageWork } from "./image-work.ts";
import { BASE_IMAGE, PACKAGES } from "./recipe.ts";

/** What a base that was made here is called. */
const MADE_BASE = "thalassa-base:debian";

/** Folders whose content nobody needs inside. */
const NOT_NEEDED = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "var/cache/apt",
  "var/lib/apt/lists",
  "var/log",
];

/** A Debian to build on: one that the engine has, else fetched, else made of Debian's packages. Gives its name, or why there is none. */
export async function baseImage(
  work: ImageWork,
): Promise<{ readonly base: string } | { readonly tried: readonly string[] }> {
  for (const base of [BASE_IMAGE, MADE_BASE]) if (await has(work, base)) return { base };
  const tried: string[] = [];
  for (const way of [fetched, made]) {
    try {
      return { base: await way(work) };
    } catch (error) {
      tried.push(reasonOf(error));
      work.onLine(reasonOf(error));
    }
  }
  return { tried };
}

async function has({ docker }: ImageWork, image: string): Promise<boolean> {
  return await docker.ask(["image", "inspect", "--format", "{{.Id}}", image]).then(
    () => true,
    () => false,
  );
}

async function fetched({ docker, onLine }: ImageWork): Promise<string> {
  onLine(`Fetching ${BASE_IMAGE}…`);
  await docker.tell(["pull", "--quiet", BASE_IMAGE]);
  return BASE_IMAGE;
}

async function made(work: ImageWork): Promise<string> {
  const { docker, run, tell, env, workDir } = work;
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("making a base takes root on Linux");
  const withSbin = { ...env, PATH: `${env.PATH ?? ""}:/usr/sbin:/sbin` };
  if (programsOnPath("debootstrap", withSbin).length === 0) throw new Error("making a base takes debootstrap");
  work.onLine("Making a Debian of its packages (once, about a minute)…");
  const { suite, mirror } = await debianHere(work);
  const dir = await mkdtemp(join(workDir, "thalassa-base-"));
  try {
    const root = join(dir, "root");
    const include = `--include=${PACKAGES.join(",")}`;
    await tell("debootstrap", ["--variant=minbase", include, suite, root, ...mirror], withSbin);
    await run("find", [...NOT_NEEDED.map((path) => join(root, path)), "-mindepth", "1", "-delete"], {
      timeoutMs: 60_000,
    });
    await run("tar", ["-C", root, "--numeric-owner", "-cf", join(dir, "root.tar"), "."], { timeoutMs: 120_000 });
    await docker.tell(["import", join(dir, "root.tar"), MADE_BASE]);
    return MADE_BASE;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The Debian that this host is, from where it takes its own packages; the stable one elsewhere. */
async function debianHere({ run }: ImageWork): Promise<{ readonly suite: string; readonly mirror: readonly string[] }> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (suite === undefined || !/^ID=debian$/m.test(release)) return { suite: "stable", mirror: [] };
  const format = ["indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"];
  const { stdout } = await run("apt-get", format, { timeoutMs: 30_000 }).catch(() => ({ stdout: "" }));
  const uri = stdout
    .split("\n")
    .find((line) => line.startsWith(`${suite} `))
    ?.slice(suite.length + 1);
  return { suite, mirror: uri === undefined ? [] : [uri] };
}
