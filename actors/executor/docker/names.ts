import { createHash } from "node:crypto";
import type { ResolvedOptions } from "./options.ts";

/** The labels by which everything of ours is found again, whoever made it. */
export const LABELS = {
  executor: "thalassa.executor",
  env: "thalassa.env",
  workspace: "thalassa.workspace",
  wanted: "thalassa.wanted",
} as const;

/** What the container and the volume of an environment are called. Docker knows no `=` in names. Shape: `thalassa-main.worker.w1`. */
export function nameOf(env: string): string {
  if (!env.includes("=")) return `thalassa-${env}`;
  const sum = createHash("sha256").update(env).digest("hex").slice(0, 12);
  return `thalassa-${env.replaceAll("=", "_")}-${sum}`;
}

/** The labels of whatever belongs to an environment. */
export function labelsOf({ executor, labels }: ResolvedOptions, env: string): Record<string, string> {
  return { ...labels, [LABELS.executor]: executor, [LABELS.env]: env };
}

/** Docker's filter for all that is of this executor. */
export function ofExecutor({ executor }: ResolvedOptions): string {
  return `${LABELS.executor}=${executor}`;
}
