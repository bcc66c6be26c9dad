import type { OrderResult } from "#subjects/order.ts";

/** An order that was not done. */
export type Failed = Extract<OrderResult, { type: "failed" }> & Trouble;

/** What keeps orders from being done. */
export type Trouble = {
  readonly code:
    | "absent"
    | "engine"
    | "gone"
    | "interrupted"
    | "no-artifact"
    | "no-environment"
    | "not-begun"
    | "not-done"
    | "not-plain"
    | "not-up"
    | "outside"
    | "several"
    | "too-large"
    | "too-many-orders"
    | "unreadable"
    | "unusable";
};

const NOTHING = { text: "", bytes: 0 } as const;

/** A program of which nobody knows how far it came, and why where that is known. */
export function interrupted(why?: string): OrderResult {
  const because = why === undefined ? {} : { why };
  return { type: "exec", how: "interrupted", ...because, ms: 0, stdout: NOTHING, stderr: NOTHING };
}

/** Says what was not done, and why. */
export function failed(code: Trouble["code"], text: string): Failed {
  return { type: "failed", code, text };
}
