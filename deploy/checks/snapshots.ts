import { actorsOf } from "#deploy/actors-of.ts";
import { duration } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { DEFAULTS } from "#runtime/options.ts";
import { KINDS, logStream } from "#subjects/mod.ts";
import { type Finding, good, warn } from "./finding.ts";
import { infoOf } from "./streams.ts";

const BUCKET = "KV_STATE";

/** Logs with more subjects than this are not looked at one by one: that would cost the server seconds. */
const MAX_SUBJECTS = 50_000;

/** An actor with so many records should long have had a snapshot. Units: records. */
const LONG_LOG = 4 * DEFAULTS.snapshotEvery;

/** Actors are read back from snapshots, not from their whole logs. */
export async function checkSnapshots(client: Client): Promise<readonly Finding[]> {
  const bucket = await infoOf(client.wire.jsm, BUCKET);
  if (bucket === undefined) return [];
  const { messages, first_ts: oldest, last_ts: newest } = bucket.state;
  const ago = (ts: string | undefined): string => duration(Math.max(0, Date.now() - Date.parse(`${ts}`)));
  const between = messages === 0 ? "" : `, written between ${ago(`${oldest}`)} and ${ago(`${newest}`)} ago`;
  const told = good("snapshots", `${messages} ${messages === 1 ? "actor has" : "actors have"} one${between}`);
  const long = await Promise.all(KINDS.map(({ kind }) => checkLongLogs(client, kind)));
  return [told, ...long.flat()];
}

async function checkLongLogs(client: Client, kind: string): Promise<readonly Finding[]> {
  const subjects = (await infoOf(client.wire.jsm, logStream(kind)))?.state.num_subjects ?? 0;
  if (subjects > MAX_SUBJECTS) return [good("snapshots", `${kind}: too many actors to look at each`)];
  const subjectOf = (address: string): string => `$KV.STATE.${address}`;
  const [actors, info] = await Promise.all([
    actorsOf(client, kind),
    client.wire.jsm.streams.info(BUCKET, { subjects_filter: subjectOf(`*.${kind}.*`) }),
  ]);
  const kept = info.state.subjects ?? {};
  const bare = [...actors].filter(([address, count]) => count >= LONG_LOG && kept[subjectOf(address)] === undefined);
  const [longest] = bare.toSorted(([, one], [, other]) => other - one);
  if (longest === undefined) return [];
  const told = `${kind}: ${bare.length} of ${actors.size} actors have over ${LONG_LOG} records and no snapshot, as ${longest[0]} with ${longest[1]}`;
  return [
    warn("snapshots", told, "they are read back whole each time; talk to one, and the log of its process says why"),
  ];
}
