import { z } from "zod";
import { WORKSPACE_IMAGE } from "./image.ts";

/**
 * How the workspace of an environment is kept within its bounds.
 * `loop`: a file of this host that holds a file system; takes root, and an engine on this very host.
 * `memory`: a file system in memory; lost when the environment stops.
 * `plain`: a folder of the engine, measured again and again, and the environment ended when it grew too large.
 */
export const WORKSPACE_KINDS = ["loop", "memory", "plain"] as const;

/** How the workspace of an environment is kept within its bounds. */
export type WorkspaceKind = (typeof WORKSPACE_KINDS)[number];

const optionsSchema = z.object({
  /** Whose environments these are; two executors on one engine never touch each other's. */
  executor: z.string().min(1),
  /** Folder of this host for workspaces of the kind `loop`; made when needed. */
  workspacesDir: z.string().min(1),
  /** Where the engine listens. Default: `DOCKER_HOST`, else the socket of Docker Desktop, else `/var/run/docker.sock`. */
  socket: z.string().min(1).optional(),
  image: z.string().min(1).default(WORKSPACE_IMAGE),
  /** Default: `loop` where that can be had, else `plain`. */
  workspace: z.enum(WORKSPACE_KINDS).optional(),
  /** Room for what is told of running programs. Units: MiB of the environment's memory. */
  journalMb: z.number().int().min(64).max(128).default(128),
  /** Room in `/tmp`. Units: MiB of the environment's memory. */
  tmpMb: z.number().int().min(1).default(256),
  /** How often a workspace of the kind `plain` is measured. */
  measureMs: z.number().int().min(100).default(10_000),
  /** Put on everything that is made. */
  labels: z.record(z.string(), z.string()).default({}),
});

/** What an engine on Docker is made with. */
export type DockerOptions = z.input<typeof optionsSchema>;

/** The same with every default in place. */
export type ResolvedOptions = z.output<typeof optionsSchema>;

/** Throws: ZodError. */
export function resolveOptions(options: DockerOptions): ResolvedOptions {
  return optionsSchema.parse(options);
}
