import type { KindContract } from "./contract.ts";
import { PROMPTS } from "./prompts.ts";

/** Slices of a kind's mailboxes; the number is fixed for the life of the streams and stands in their metadata. */
export const PARTITIONS = 16;

/** Largest message the server takes. Units: bytes. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

/** Largest mail; so a dead letter with it inside, escaped, is always below `MAX_PAYLOAD_BYTES`. Units: bytes. */
export const MAX_MAIL_BYTES = 1024 * 1024;

const MINUTE_MS = 60_000;

/** A stream as the contract wants it; provisioning turns it into the server's own form. */
export type StreamSpec = {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly retention: "limits" | "workqueue";
  readonly duplicateWindowMs: number;
  readonly transform?: { readonly from: string; readonly to: string };
  readonly republish?: { readonly from: string; readonly to: string };
  /** What it takes over from another stream, and where it stores that. */
  readonly source?: { readonly stream: string; readonly feed: FeedSpec; readonly to: string };
  /** A consumer through which another stream takes this one's messages over, each once acknowledged gone from here. */
  readonly feeds?: FeedSpec;
  readonly schedules?: true;
  readonly maxMessageBytes?: number;
};

/** How one stream hands messages on to another. `deliver` is the server's own subject: nobody may listen or write there. */
export type FeedSpec = { readonly consumer: string; readonly filter: string; readonly deliver: string };

/** A key-value bucket; `ttlMs` makes its entries fade, and any of them sooner that says so. */
export type BucketSpec = { readonly name: string; readonly description: string; readonly ttlMs?: number };

/** Name of the work queue of a kind. */
export function mailStream(kind: string): string {
  return `MAIL_${kind.toUpperCase()}`;
}

/** Name of the stream of a kind's waiting timers. */
export function timerStream(kind: string): string {
  return `TIMERS_${kind.toUpperCase()}`;
}

/** Name of the history of a kind. */
export function logStream(kind: string): string {
  return `LOG_${kind.toUpperCase()}`;
}

/** What the consumer of one partition filters on. Shape: `mail.channel.7.>`, `mail.executor.ada.>`. */
export function partitionFilter(kind: string, partition: number | string): string {
  return `mail.${kind}.${partition}.>`;
}

/**
 * Where mail of a kind lies once the server has added its partition, which for actors bound to a host is its name:
 * `mail.<kind>.<partition>.<agent>.<id>.<verb>`.
 */
function storedMail({ kind, host }: StreamedKind): string {
  const partition = host ? "{{wildcard(2)}}" : `{{partition(${PARTITIONS},1,2)}}`;
  return `mail.${kind}.${partition}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}`;
}

/** What of a kind its streams follow from. */
type StreamedKind = Pick<KindContract, "kind" | "host">;

/** The three streams of a kind, in the order in which they have to be made. */
export function kindStreams(contract: StreamedKind): readonly StreamSpec[] {
  const { kind } = contract;
  const due = `due.*.${kind}.*.*`;
  const feed = { consumer: "mail", filter: due, deliver: `source.${kind}` };
  return [
    {
      name: timerStream(kind),
      description: `Timers of ${kind} actors, waiting to become mail`,
      subjects: [`thalassa.*.${kind}.*.at.*`, due],
      retention: "workqueue",
      duplicateWindowMs: 30_000,
      schedules: true,
      feeds: feed,
    },
    {
      name: mailStream(kind),
      description: `Mail to ${kind} actors; empty means at rest`,
      subjects: [`thalassa.*.${kind}.*.in.*`],
      retention: "workqueue",
      duplicateWindowMs: 30_000,
      transform: { from: `thalassa.*.${kind}.*.in.*`, to: storedMail(contract) },
      maxMessageBytes: MAX_MAIL_BYTES,
      source: { stream: timerStream(kind), feed, to: storedMail(contract) },
    },
    {
      name: logStream(kind),
      description: `What happened to ${kind} actors; the only truth about them`,
      subjects: [`commit.*.${kind}.*.*`],
      retention: "limits",
      duplicateWindowMs: 2 * MINUTE_MS,
      republish: {
        from: `commit.*.${kind}.*.*`,
        to: `thalassa.{{wildcard(1)}}.${kind}.{{wildcard(2)}}.log.{{wildcard(3)}}`,
      },
    },
  ];
}

/** Name of the stream of dead letters. */
export const DEAD = "DEAD";

/** The streams that all kinds share. */
export const SHARED_STREAMS: readonly StreamSpec[] = [
  {
    name: DEAD,
    description: "Mail that could not be handled, with its reason",
    subjects: ["thalassa.*.*.*.dead.*"],
    retention: "limits",
    duplicateWindowMs: 2 * MINUTE_MS,
  },
];

/** The key-value buckets. */
export const BUCKETS: readonly BucketSpec[] = [
  { name: "STATE", description: "Snapshots of actors; may be lost at any time" },
  { name: "OWN", description: "Which process serves which partition" },
  { name: "VIEWS", description: "Read models for people: <view>.<agent>.<id>" },
  { name: "SETTINGS", description: "Settings that every host shares" },
  { name: PROMPTS, description: "Who the agents are: their texts, the shared ones, and which channels are whose" },
  { name: "SECRETS", description: "Secrets, sealed" },
  { name: "LIMITS", description: "Cooldowns that every process keeps to", ttlMs: 60 * MINUTE_MS },
  { name: "CACHE", description: "Answers of models, kept for requests that are the same", ttlMs: 24 * 60 * MINUTE_MS },
];

/** The object store of things too big for a message. */
export const ARTIFACTS = { name: "ARTIFACTS", description: "Files, long output and large snapshots" } as const;

/** The stream that the object store lies in. */
export const ARTIFACT_STREAM = `OBJ_${ARTIFACTS.name}`;

/** Where the parts of one version of an object lie. */
export function artifactChunks(nuid: string): string {
  return `$O.${ARTIFACTS.name}.C.${nuid}`;
}

/** Where it stands what lies under a name, the newest version last. */
export function artifactEntry(name: string): string {
  return `$O.${ARTIFACTS.name}.M.${paddedBase64(Buffer.from(name))}`;
}

/** Base64 as object stores have it in names and sums: legal in subjects, and with padding. */
export function paddedBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
