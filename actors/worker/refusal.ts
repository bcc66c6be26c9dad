import type { JobState } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";

/** Mail that was understood and is not wanted. */
export type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** A refusal because of where a job stands. */
export function notNow(address: Address, stands: JobState, wanted: string): Refusal {
  return { type: "refusal", code: "job-state", reason: `${address} is ${stands.replace("_", " ")}; ${wanted}` };
}
