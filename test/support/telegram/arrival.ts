import type { Webhook } from "./webhook.ts";
import type { Upload } from "./wire.ts";

/** What came with a call besides its parameters. */
export type Arrival = {
  readonly files: ReadonlyMap<string, Upload>;
  /** Nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  readonly webhook: Webhook;
};
