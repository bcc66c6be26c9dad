import { type Address, parseAddress } from "#subjects/mod.ts";

/** A job that cannot be meant, or that does not do what was said. The message says what is true; what to do. */
export class JobUnusable extends Error {
  override readonly name = "JobUnusable";
  readonly code: "job-missing" | "job-ambiguous" | "no-approval" | "job-refused" | "job-unanswered";
  /** What is true, without what to do. */
  readonly truth: string;

  constructor(code: JobUnusable["code"], truth: string, remedy: string) {
    super(`${truth}; ${remedy}`);
    this.code = code;
    this.truth = truth;
  }
}

/** Somebody refused what was said; `reason` is their own. */
export function refusedBy(address: Address, { code, reason }: { readonly code: string; readonly reason: string }) {
  const { kind, id } = parseAddress(address);
  const whose = kind === "cortex" ? "the agent's steward" : kind === "telegram" ? "the bridge to Telegram" : id;
  return new JobUnusable("job-refused", `${whose} refuses (${code}): ${reason.replaceAll("; ", ", ")}`, REFUSED);
}

const REFUSED = "nothing was changed; thalassa jobs shows how things stand";
