import { setTimeout as delay } from "node:timers/promises";
import type { ConsumerInfo, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { mailStream, partitionFilter } from "#subjects/mod.ts";
import { Closed } from "./errors.ts";
import { answerOf } from "./nats-errors.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Slice } from "./slice.ts";
import type { Wire } from "./wire.ts";

/** How a partition's mail is pulled. Units: ms. */
const PULL = { max_messages: 500, expires: 5_000, idle_heartbeat: 500 } as const;

/** How often a consumer is tried for before the claim is given back. */
const MAX_TRIES = 60;

/** Something about the flow of mail that may mean that some of it was swallowed. */
export type FeedDoubt = "heartbeats_missed" | "consumer_deleted" | "consumer_not_found" | "no_responders";

const DOUBTS: ReadonlySet<string> = new Set<FeedDoubt>([
  "heartbeats_missed",
  "consumer_deleted",
  "consumer_not_found",
  "no_responders",
]);

/** What a feed belongs to: one claim of one partition. */
export type FeedOf = { readonly kind: string; readonly partition: Slice; readonly revision: number };

/** A newer claim than ours feeds already. */
export class Outrun extends Error {
  override readonly name = "Outrun";
}

/** Name of the consumer that a claim entitles to. Shape: `channel-7-1042`. */
export function consumerName({ kind, partition, revision }: FeedOf): string {
  return `${kind}-${partition}-${revision}`;
}

/**
 * Opens the flow of a partition's mail under the consumer of this claim. Consumers of older claims are deleted, never
 * reset: their pulls and their late acknowledgements die with them. Throws: Outrun; Closed once `signal` aborts.
 */
export async function openFeed(
  wire: Wire,
  of: FeedOf,
  older: number | undefined,
  options: ResolvedOptions,
  onMail: (message: JsMsg) => void,
  onDoubt: (doubt: FeedDoubt) => void,
  signal: AbortSignal,
): Promise<ConsumerMessages> {
  if (older !== undefined) await deleteConsumer(wire, { ...of, revision: older });
  const info = await createConsumer(wire, of, options, signal);
  const consumer = wire.js.consumers.getConsumerFromInfo(info);
  const messages = await consumer.consume({ ...PULL, bind: true, callback: onMail });
  void followStatus(messages, onDoubt);
  return messages;
}

/** Deletes the consumer of a claim; that it is gone already is well. */
export async function deleteConsumer(wire: Wire, of: FeedOf): Promise<void> {
  await wire.attempt(() => wire.jsm.consumers.delete(mailStream(of.kind), consumerName(of))).catch(() => {});
}

/** How many mails the server counts as handed out and not acknowledged; undefined when the consumer is gone. Throws: BusSilent. */
export async function pendingAcks(wire: Wire, of: FeedOf): Promise<number | undefined> {
  try {
    const info = await wire.attempt(() => wire.jsm.consumers.info(mailStream(of.kind), consumerName(of)));
    return info.num_ack_pending;
  } catch (error) {
    if (answerOf(error) === "consumerMissing") return undefined;
    throw error;
  }
}

async function createConsumer(
  wire: Wire,
  of: FeedOf,
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<ConsumerInfo> {
  for (let tries = 1; ; tries++) {
    if (signal.aborted) throw new Closed();
    try {
      return await wire.attempt(() =>
        wire.jsm.consumers.add(mailStream(of.kind), {
          durable_name: consumerName(of),
          description: `mail of partition ${of.partition}, for ${options.process}`,
          filter_subject: partitionFilter(of.kind, of.partition),
          ack_policy: "explicit",
          deliver_policy: "all",
          ack_wait: options.ackWaitMs * 1e6,
          max_ack_pending: options.maxUnacknowledged,
          max_waiting: 16,
        }),
      );
    } catch (error) {
      if (tries >= MAX_TRIES) throw error;
      if (answerOf(error) === "filterTaken") await clearWay(wire, of);
      else await delay(50, undefined, { signal }).catch(() => {});
    }
  }
}

/** Another consumer has our filter: an older claim's is deleted, before a newer claim's we give way. */
async function clearWay(wire: Wire, of: FeedOf): Promise<void> {
  const prefix = `${of.kind}-${of.partition}-`;
  for (const name of await consumerNames(wire, mailStream(of.kind))) {
    // The name of another host may begin like ours.
    if (!name.startsWith(prefix) || !/^\d+$/.test(name.slice(prefix.length))) continue;
    const revision = Number(name.slice(prefix.length));
    if (revision > of.revision) throw new Outrun(`partition ${of.partition} is fed under claim ${revision} already`);
    if (revision < of.revision) await deleteConsumer(wire, { ...of, revision });
  }
  await delay(20);
}

/** NAMES is answered by one server at once; a LIST would wait for every consumer's own leader. */
async function consumerNames(wire: Wire, stream: string): Promise<readonly string[]> {
  const { apiPrefix } = wire;
  const request = (): Promise<{ json<T>(): T }> =>
    wire.nc.request(`${apiPrefix}.CONSUMER.NAMES.${stream}`, "{}", { timeout: 1_500 });
  const answer = await wire.attempt(request).catch(() => undefined);
  return answer?.json<{ consumers?: string[] | null }>().consumers ?? [];
}

async function followStatus(messages: ConsumerMessages, onDoubt: (doubt: FeedDoubt) => void): Promise<void> {
  for await (const status of messages.status()) {
    if (DOUBTS.has(status.type)) onDoubt(status.type as FeedDoubt);
  }
}
