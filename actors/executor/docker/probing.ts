import { z } from "zod";
import { asked, askedFor, type Daemon, statusOf } from "./daemon.ts";
import { whyNoLoop } from "./loop.ts";
import type { WorkspaceKind } from "./options.ts";
import { type Choice, missingImage } from "./raising.ts";
import { NOTES } from "./workspace.ts";

const infoSchema = z.object({
  OSType: z.string(),
  Name: z.string(),
  KernelVersion: z.string(),
  NCPU: z.number(),
  MemoryLimit: z.boolean().default(false),
  SwapLimit: z.boolean().default(false),
  PidsLimit: z.boolean().default(false),
  CpuCfsQuota: z.boolean().default(false),
  SecurityOptions: z.array(z.string()).nullable(),
});

type Info = z.output<typeof infoSchema>;

/** What is found of the engine: why it cannot be used, what it does less well, and what environments are made with. */
export type Probed = { readonly problem?: string; readonly notes: readonly string[]; readonly choice?: Choice };

/** Looks at the engine. Never throws. */
export async function probe(daemon: Daemon): Promise<Probed> {
  try {
    const info = await infoOf(daemon);
    const choice = await choiceOf(info, daemon);
    const problem = lacking(info) ?? (await withoutImage(daemon));
    return {
      notes: notesOf(info, choice, await whyNoLoop(info)),
      choice,
      ...(problem === undefined ? {} : { problem }),
    };
  } catch (error) {
    return { problem: unanswered(error, daemon), notes: [] };
  }
}

/** What environments are made with on this engine. Throws: EngineError. */
export async function choose(daemon: Daemon): Promise<Choice> {
  return await choiceOf(await infoOf(daemon), daemon);
}

async function infoOf({ api }: Daemon): Promise<Info> {
  return infoSchema.parse(await asked("tell what it is", api.info()));
}

async function choiceOf(info: Info, { options }: Daemon): Promise<Choice> {
  const kind: WorkspaceKind = options.workspace ?? ((await whyNoLoop(info)) === undefined ? "loop" : "plain");
  return { cpus: info.NCPU, init: true, kind };
}

/** What must be there, or nothing runs here: isolation that is half there is none. */
function lacking({ OSType, SecurityOptions, MemoryLimit, PidsLimit }: Info): string | undefined {
  if (OSType !== "linux") return `Docker runs ${OSType} containers; switch it to Linux containers`;
  if (!SecurityOptions?.some((option) => option.startsWith("name=seccomp")))
    return "Docker has no seccomp here; use a kernel and an engine that have it";
  const limits = [...(MemoryLimit ? [] : ["memory"]), ...(PidsLimit ? [] : ["processes"])];
  if (limits.length === 0) return undefined;
  return `Docker cannot bound ${limits.join(" and ")} here; give it these cgroup controllers`;
}

async function withoutImage({ api, options }: Daemon): Promise<string | undefined> {
  const image = await askedFor("look at an image", api.getImage(options.image).inspect());
  return image === undefined ? missingImage(options.image, options.image).message : undefined;
}

function notesOf(info: Info, { kind }: Choice, why: string | undefined): readonly string[] {
  return [
    ...(info.SwapLimit ? [] : ["Swap is not bounded here: an environment may use more than its memory."]),
    ...(info.CpuCfsQuota ? [] : ["CPUs are not bounded here."]),
    ...(kind === "loop" ? [] : [NOTES[kind]]),
    ...(kind === "plain" && why !== undefined ? [`It has no file system of its own: ${why}.`] : []),
  ];
}

function unanswered(error: unknown, { options }: Daemon): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const where = options.socket ?? process.env.DOCKER_HOST ?? "its usual socket";
  if (code === "EACCES") return `Docker at ${where} refuses this user; add it to the group docker and log in anew`;
  if (code === "ENOENT" || code === "ECONNREFUSED") return `no Docker answers at ${where}; start it`;
  const status = statusOf(error);
  return `Docker at ${where} is of no use (${status ?? code ?? "no answer"}): ${error instanceof Error ? error.message : error}`;
}
