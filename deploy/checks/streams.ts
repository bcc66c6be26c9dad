import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, type StreamInfo } from "@nats-io/jetstream";
import type { Home } from "#deploy/home.ts";
import { wantedStreams } from "#deploy/stream-config.ts";
import { driftOf } from "#deploy/stream-drift.ts";
import { bytes } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { DEAD, KINDS, logStream } from "#subjects/mod.ts";
import { bad, type Finding, good, warn } from "./finding.ts";
import { freeBytes } from "./host.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A log younger than this says nothing about a day. Units: ms. */
const TELLING_MS = DAY_MS / 24;

/** Fewer days left than this are worth knowing. */
const FEW_DAYS = 14;

/** Every stream, bucket and object store is there, as the contract has it. */
export async function checkStreams(client: Client): Promise<readonly Finding[]> {
  const wanted = wantedStreams(KINDS, 1).map(({ num_replicas: _, ...config }) => config);
  const findings = await Promise.all(
    wanted.map(async (config) => {
      const info = await infoOf(client.wire.jsm, config.name);
      if (info === undefined) return [bad("streams", `${config.name} is missing`, "run thalassa up, which makes it")];
      const drift = driftOf(info.config, config);
      if (drift.length === 0) return [];
      const differs = `${config.name} differs from the contract in ${drift.join(", ")}`;
      return [bad("streams", differs, "run thalassa up, which brings it up to the contract")];
    }),
  );
  const wrong = findings.flat();
  return wrong.length > 0 ? wrong : [good("streams", `${wanted.length} streams and buckets, as the contract has them`)];
}

/** Mail that nobody could handle. */
export async function checkDead(client: Client): Promise<readonly Finding[]> {
  const count = (await infoOf(client.wire.jsm, DEAD))?.state.messages ?? 0;
  if (count === 0) return [good("dead", "no dead letters")];
  return [
    warn(
      "dead",
      `${count} dead letter${count === 1 ? "" : "s"}`,
      "look at them with thalassa dead; retry or drop them",
    ),
  ];
}

/** How fast the logs grow, and how long there is room for it. */
export async function checkGrowth(client: Client, home: Home): Promise<readonly Finding[]> {
  const infos = await Promise.all(KINDS.map(({ kind }) => infoOf(client.wire.jsm, logStream(kind))));
  const states = infos.flatMap((info) => (info === undefined ? [] : [info.state]));
  const held = states.reduce((sum, state) => sum + state.bytes, 0);
  const begun = states.filter((state) => state.messages > 0).map((state) => Date.parse(`${state.first_ts}`));
  const ageMs = Date.now() - Math.min(Date.now(), ...begun);
  if (ageMs < TELLING_MS) return [good("growth", `${bytes(held)} of logs; too young to tell how fast they grow`)];
  const perDay = (held / ageMs) * DAY_MS;
  const daysLeft = Math.floor((await freeBytes(home)) / Math.max(perDay, 1));
  const message = `${bytes(held)} of logs, ${bytes(perDay)} a day; room for ${daysLeft > 9_999 ? "many years" : `${daysLeft} days`}`;
  return daysLeft < FEW_DAYS ? [warn("growth", message, "make room on that disk")] : [good("growth", message)];
}

/** What the server says of a stream; nothing where there is none. */
export async function infoOf(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}
