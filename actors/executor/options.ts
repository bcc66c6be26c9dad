import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DEFAULT_RULES, EXECUTOR_DEFAULTS, type ExecutorRules, HOUR_MS } from "./rules.ts";

const positive = z.coerce.number().int().positive();

/** What an executor's process reads from its environment. */
const environmentSchema = z.object({
  HOME: z.string().default(homedir()),
  THALASSA_HOME: z.string().default(""),
  THALASSA_URL: z.string().default(""),
  THALASSA_EXECUTOR_ENGINE: z.enum(["auto", "docker", "bubblewrap"]).default(EXECUTOR_DEFAULTS.engine),
  THALASSA_EXECUTOR_IMAGE: z.string().default(EXECUTOR_DEFAULTS.image),
  THALASSA_EXECUTOR_ENVIRONMENTS: positive.default(DEFAULT_RULES.environments),
  THALASSA_EXECUTOR_KEEP_HOURS: positive.default(DEFAULT_RULES.keepMs / HOUR_MS),
  THALASSA_EXECUTOR_IDLE_HOURS: positive.default(DEFAULT_RULES.idleMs / HOUR_MS),
  THALASSA_PREVIEW_URL: z.string().default(EXECUTOR_DEFAULTS.previewUrl),
  THALASSA_PREVIEW_HOST: z.string().default(EXECUTOR_DEFAULTS.previewHost),
  THALASSA_PREVIEW_PORT: z
    .union([z.literal("auto"), z.coerce.number().int().min(0).max(65_535)])
    .default(EXECUTOR_DEFAULTS.previewPort),
});

/** How an executor's process is set up. */
export type ExecutorOptions = {
  readonly engine: "auto" | "docker" | "bubblewrap";
  readonly image?: string;
  readonly rules: ExecutorRules;
  /** Where it keeps what belongs to this host. */
  readonly dir: string;
  /** A name for its environments that no other executor of this machine has. Shape: `ada-3f9c2a1b`. */
  readonly name: string;
  readonly previews: { readonly host: string; readonly port?: number; readonly baseUrl?: string };
  /** Hosts that nobody inside may reach: the bus. */
  readonly never: readonly string[];
};

/** Reads how an executor of a host is set up. Throws: ZodError. */
export function executorOptionsFrom(env: NodeJS.ProcessEnv, host: string): ExecutorOptions {
  const read = environmentSchema.parse(env);
  const dir = join(read.THALASSA_HOME || join(read.HOME, ".thalassa"), "executor");
  const isAuto = (text: string): boolean => text === "auto" || text === "";
  const bus = URL.parse(read.THALASSA_URL)?.hostname;
  return {
    engine: read.THALASSA_EXECUTOR_ENGINE,
    ...(isAuto(read.THALASSA_EXECUTOR_IMAGE) ? {} : { image: read.THALASSA_EXECUTOR_IMAGE }),
    rules: {
      ...DEFAULT_RULES,
      environments: read.THALASSA_EXECUTOR_ENVIRONMENTS,
      keepMs: read.THALASSA_EXECUTOR_KEEP_HOURS * HOUR_MS,
      idleMs: read.THALASSA_EXECUTOR_IDLE_HOURS * HOUR_MS,
    },
    dir,
    name: `${host}-${createHash("sha256").update(dir).digest("hex").slice(0, 8)}`,
    previews: {
      host: read.THALASSA_PREVIEW_HOST,
      ...(read.THALASSA_PREVIEW_PORT === "auto" ? {} : { port: read.THALASSA_PREVIEW_PORT }),
      ...(isAuto(read.THALASSA_PREVIEW_URL) ? {} : { baseUrl: read.THALASSA_PREVIEW_URL }),
    },
    never: bus === undefined || bus === "" ? [] : [bus],
  };
}
