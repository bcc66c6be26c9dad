import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { answerOf } from "#runtime/nats-errors.ts";
import type { KindContract } from "#subjects/contract.ts";
import { KINDS } from "#subjects/kinds.ts";
import { ThalassaError } from "./errors.ts";
import { OLDEST_NATS_SERVER } from "./nats-release.ts";
import { isAtLeast } from "./nats-version.ts";
import { PARTITIONS_KEY, type WantedStream, wantedFeeds, wantedStreams } from "./stream-config.ts";
import { driftOf } from "./stream-drift.ts";

/** How to provision. */
export type ProvisionOptions = {
  /** Copies of every stream; 1 by default, 3 in a cluster. */
  readonly replicas?: number;
  /** Every kind of the contract by default. */
  readonly kinds?: readonly KindContract[];
};

/** What provisioning did to each stream, bucket and object store, by stream name. */
export type Provisioned = {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
};

/** Says why this bus cannot hold the contract. */
export class CannotProvision extends ThalassaError<"partitions-differ" | "server-too-old" | "no-jetstream"> {}

/**
 * Makes every stream, bucket and object store of the contract, or brings those there are up to it. Needs the operator's
 * connection; several at the same time do no harm. Throws: CannotProvision.
 */
export async function provision(nc: NatsConnection, options: ProvisionOptions = {}): Promise<Provisioned> {
  const { replicas = 1, kinds = KINDS } = options;
  requireVersion(nc.info?.version ?? "0.0.0");
  const jsm = await openManager(nc);
  const outcomes: { readonly name: string; readonly outcome: keyof Provisioned }[] = [];
  const feeds = wantedFeeds(kinds, replicas);
  for (const wanted of wantedStreams(kinds, replicas)) {
    outcomes.push({ name: wanted.name, outcome: await ensureStream(jsm, wanted) });
    for (const feed of feeds) if (feed.stream === wanted.name) await jsm.consumers.add(feed.stream, feed.config);
  }
  const named = (outcome: keyof Provisioned) =>
    outcomes.filter((one) => one.outcome === outcome).map((one) => one.name);
  return { created: named("created"), changed: named("changed"), unchanged: named("unchanged") };
}

function requireVersion(version: string): void {
  if (isAtLeast(version, OLDEST_NATS_SERVER)) return;
  throw new CannotProvision({
    code: "server-too-old",
    message: `the nats-server is ${version}, and Thalassa needs ${OLDEST_NATS_SERVER} or newer`,
    hint: "update it, or let thalassa up start its own",
  });
}

async function openManager(nc: NatsConnection): Promise<JetStreamManager> {
  try {
    return await jetstreamManager(nc);
  } catch (cause) {
    if (!(cause instanceof Error && cause.name === "JetStreamNotEnabled")) throw cause;
    throw new CannotProvision({
      code: "no-jetstream",
      message: "this nats-server keeps no streams for the operator",
      hint: "start it with the nats.conf of this version, which turns JetStream on in account CORE",
      cause,
    });
  }
}

async function ensureStream(jsm: JetStreamManager, wanted: WantedStream): Promise<keyof Provisioned> {
  const existing = await existingConfig(jsm, wanted.name);
  if (existing === undefined) return createStream(jsm, wanted);
  requirePartitions(wanted, existing);
  if (driftOf(existing, wanted).length === 0) return "unchanged";
  await jsm.streams.update(wanted.name, { ...wanted, metadata: { ...existing.metadata, ...wanted.metadata } });
  return "changed";
}

async function createStream(jsm: JetStreamManager, wanted: WantedStream): Promise<keyof Provisioned> {
  try {
    await jsm.streams.add(wanted);
    return "created";
  } catch (error) {
    // Somebody else has just made it in another form.
    if (answerOf(error) === "nameTaken") return ensureStream(jsm, wanted);
    throw error;
  }
}

type Existing = Readonly<Record<string, unknown>> & { readonly metadata?: Readonly<Record<string, string>> };

async function existingConfig(jsm: JetStreamManager, name: string): Promise<Existing | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (answerOf(error) === "streamMissing") return undefined;
    throw error;
  }
}

function requirePartitions(wanted: WantedStream, existing: Existing): void {
  const want = wanted.metadata?.[PARTITIONS_KEY];
  const have = existing.metadata?.[PARTITIONS_KEY];
  if (want === undefined || want === have) return;
  throw new CannotProvision({
    code: "partitions-differ",
    message: `stream ${wanted.name} is cut into ${have ?? "no known number of"} partitions, and this version wants ${want}`,
    hint: `run the version that made it, or let its mail run dry and delete it with nats stream rm ${wanted.name}`,
  });
}
