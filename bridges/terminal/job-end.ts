import { stateAfter } from "#bridges/conversation/job-past.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import { hasEnded, type JobState } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";

/** Hands on what happens to a job after a sequence, until it ends; undefined where the signal came first. */
export async function untilEnded(
  client: Client,
  address: Address,
  fromSeq: number,
  onRecord: (record: LogRecord) => void,
  signal?: AbortSignal,
): Promise<JobState | undefined> {
  const { promise, resolve } = Promise.withResolvers<JobState | undefined>();
  signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  let isOver = false;
  using _follower = client.follow(address, {
    fromSeq,
    onRecord: (record) => {
      if (isOver) return;
      onRecord(record);
      const state = stateAfter(record);
      if (state === undefined || !hasEnded(state)) return;
      isOver = true;
      resolve(state);
    },
  });
  return await promise;
}
