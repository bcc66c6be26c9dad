import type { Hearing, LogRecord } from "#runtime/mod.ts";
import { type Address, REFUSAL, returnedSchema } from "#subjects/mod.ts";

/** What an actor made of mail. */
export type Came =
  | { readonly type: "done"; readonly record: LogRecord }
  | { readonly type: "refused"; readonly code: string; readonly reason: string };

/** Listens for what an actor makes of one mail: made before that is sent, so that nothing passes unheard. */
export class CameOf implements Disposable {
  /** Resolves with the event that the mail led to, or with its refusal. */
  readonly came: Promise<Came>;
  readonly #deaf: () => void;

  constructor(hearing: Hearing, address: Address, id: string) {
    const { promise, resolve } = Promise.withResolvers<Came>();
    this.came = promise;
    this.#deaf = hearing.listen(address, {
      onRecord: (record) => {
        if (record.cause === id) resolve({ type: "done", record });
      },
      onLive: (noun, data) => {
        const { success, data: refusal } = returnedSchema.safeParse(noun === REFUSAL ? data : undefined);
        if (success && refusal.id === id) resolve({ type: "refused", code: refusal.code, reason: refusal.reason });
      },
    });
  }

  [Symbol.dispose](): void {
    this.#deaf();
  }
}
