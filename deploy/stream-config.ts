import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { KindContract } from "#subjects/contract.ts";
import {
  ARTIFACT_STREAM,
  ARTIFACTS,
  BUCKETS,
  type BucketSpec,
  type FeedSpec,
  kindStreams,
  mailStream,
  PARTITIONS,
  SHARED_STREAMS,
  type StreamSpec,
} from "#subjects/streams.ts";

/** Metadata key under which a stream says how many partitions its mail is cut into; never changes while it lives. */
export const PARTITIONS_KEY = "partitions";

/** Metadata key under which a kind's streams say the schema version of their kind. */
const VERSION_KEY = "version";

/** A stream as the server is asked for it. */
export type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, "name" | "metadata">;

/** A consumer of a stream as the server is asked for it. */
export type WantedFeed = { readonly stream: string; readonly config: Partial<ConsumerConfig> };

/** The consumers that have to be there before the streams that take over through them. */
export function wantedFeeds(kinds: readonly KindContract[], replicas: number): readonly WantedFeed[] {
  return kinds
    .flatMap(kindStreams)
    .flatMap(({ name, feeds }) =>
      feeds === undefined ? [] : [{ stream: name, config: { ...feedConfig(feeds), num_replicas: replicas } }],
    );
}

/** Everything the bus keeps, in the order in which it has to be made: what others source from comes first. */
export function wantedStreams(kinds: readonly KindContract[], replicas: number): readonly WantedStream[] {
  const wanted = [
    ...SHARED_STREAMS.map((spec) => streamConfig(spec, {})),
    ...kinds.flatMap((contract) =>
      kindStreams(contract).map((spec) => streamConfig(spec, kindMetadata(spec, contract))),
    ),
    ...BUCKETS.map(bucketConfig),
    objectStoreConfig(),
  ];
  return wanted.map((config) => ({ ...config, num_replicas: replicas }));
}

function kindMetadata(spec: StreamSpec, contract: KindContract): Record<string, string> {
  const version = { [VERSION_KEY]: String(contract.version) };
  const isCut = spec.name === mailStream(contract.kind) && !contract.host;
  return isCut ? { ...version, [PARTITIONS_KEY]: String(PARTITIONS) } : version;
}

function streamConfig(spec: StreamSpec, metadata: Record<string, string>): WantedStream {
  return {
    name: spec.name,
    description: spec.description,
    metadata,
    subjects: [...spec.subjects],
    retention: spec.retention === "workqueue" ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    // The server refuses `new` beside schedules; nothing here has a cap that would discard.
    discard: spec.schedules ? DiscardPolicy.Old : DiscardPolicy.New,
    allow_direct: true,
    duplicate_window: nanos(spec.duplicateWindowMs),
    ...(spec.transform && { subject_transform: { src: spec.transform.from, dest: spec.transform.to } }),
    ...(spec.republish && { republish: { src: spec.republish.from, dest: spec.republish.to } }),
    ...(spec.source && { sources: [sourceConfig(spec.source)] }),
    ...(spec.schedules && { allow_msg_schedules: true }),
    ...(spec.maxMessageBytes !== undefined && { max_msg_size: spec.maxMessageBytes }),
  };
}

function sourceConfig({ stream, feed, to }: NonNullable<StreamSpec["source"]>) {
  return {
    name: stream,
    consumer: { name: feed.consumer, deliver_subject: feed.deliver },
    subject_transforms: [{ src: feed.filter, dest: to }],
  };
}

/**
 * The consumer through which one stream hands messages on to another: what was handed on is gone, and after a crash of
 * the server at most the last ten are handed on again. Units: the heartbeat is in ns and has to be one second.
 */
function feedConfig(feed: FeedSpec): Partial<ConsumerConfig> {
  return {
    durable_name: feed.consumer,
    deliver_subject: feed.deliver,
    filter_subject: feed.filter,
    ack_policy: AckPolicy.FlowControl,
    max_ack_pending: 10,
    flow_control: true,
    idle_heartbeat: nanos(1_000),
  };
}

/** A bucket that `@nats-io/kv` opens, without the rights that it would give itself: nobody may wipe or purge it. */
function bucketConfig(spec: BucketSpec): WantedStream {
  return {
    name: `KV_${spec.name}`,
    description: spec.description,
    metadata: {},
    subjects: [`$KV.${spec.name}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    allow_direct: true,
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: false,
    deny_delete: true,
    deny_purge: true,
    ...(spec.ttlMs !== undefined && { max_age: nanos(spec.ttlMs), allow_msg_ttl: true }),
  };
}

/**
 * As `@nats-io/obj` makes it, but for the right to roll up: by that, whoever may write one subject of it could wipe it.
 * So a new version of an object stands behind the old one.
 */
function objectStoreConfig(): WantedStream {
  return {
    name: ARTIFACT_STREAM,
    description: ARTIFACTS.description,
    metadata: {},
    subjects: [`$O.${ARTIFACTS.name}.C.>`, `$O.${ARTIFACTS.name}.M.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    allow_direct: true,
    allow_rollup_hdrs: false,
  };
}
