import type { Address } from "#subjects/mod.ts";

/** Mail that is not wanted. */
export type Refusal = {
  readonly type: "refusal";
  readonly code: "no-sender" | "foreign-environment";
  readonly reason: string;
};

/** Says why mail is not wanted. */
export function refusal(code: Refusal["code"], reason: string): Refusal {
  return { type: "refusal", code, reason };
}

/** Said to whoever meddles with the environment of another job. */
export function foreign(env: string, by: Address): Refusal {
  return refusal("foreign-environment", `${env} belongs to ${by}; order in an environment of your own`);
}
