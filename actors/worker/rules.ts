import { type Roles, rolesFrom } from "#actors/policy/mod.ts";
import type { Bounds } from "#subjects/order.ts";

/** What holds where nothing is said. Units: minutes; CPUs, MiB and processes of an environment. */
export const JOB_DEFAULTS = {
  minutes: 60,
  approvalMinutes: 60,
  requesterAborts: true,
  bounds: { cpus: 1, memoryMb: 1_024, pids: 256, diskMb: 1_024 },
} as const;

/** Longest that a job or an approval may be given. Units: min. */
export const MAX_MINUTES = 43_200;

/** Most that an environment may be given. */
export const MAX_BOUNDS: Bounds = { cpus: 1_024, memoryMb: 1_048_576, pids: 1_000_000, diskMb: 10_485_760 };

/** By what jobs are judged. Units: ms. */
export type WorkerRules = {
  readonly roles: Roles;
  readonly limitMs: number;
  readonly approvalMs: number;
  readonly requesterAborts: boolean;
  readonly bounds: Bounds;
};

const MINUTE_MS = 60_000;

/** Reads what the environment sets about jobs. Throws: RangeError that names the variable. */
export function workerRulesFrom(env: Readonly<Record<string, string | undefined>>): WorkerRules {
  const { minutes, approvalMinutes, requesterAborts, bounds } = JOB_DEFAULTS;
  const amount = (variable: string, fallback: number, most: number): number => {
    const text = env[variable] || String(fallback);
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= most) return value;
    throw new RangeError(`${variable} is ${text}; use a number above 0 and up to ${most}`);
  };
  const bound = (name: keyof Bounds, variable: string): number => amount(variable, bounds[name], MAX_BOUNDS[name]);
  return {
    roles: rolesFrom(env),
    limitMs: amount("THALASSA_JOBS_MINUTES", minutes, MAX_MINUTES) * MINUTE_MS,
    approvalMs: amount("THALASSA_JOBS_APPROVAL_MINUTES", approvalMinutes, MAX_MINUTES) * MINUTE_MS,
    requesterAborts: (env.THALASSA_JOBS_REQUESTER_ABORTS || String(requesterAborts)) === "true",
    bounds: {
      cpus: bound("cpus", "THALASSA_ENVIRONMENT_CPUS"),
      memoryMb: Math.ceil(bound("memoryMb", "THALASSA_ENVIRONMENT_MEMORY_MB")),
      pids: Math.ceil(bound("pids", "THALASSA_ENVIRONMENT_PIDS")),
      diskMb: Math.ceil(bound("diskMb", "THALASSA_ENVIRONMENT_DISK_MB")),
    },
  };
}
