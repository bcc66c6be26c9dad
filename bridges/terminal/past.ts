import type { Client, LogRecord } from "#runtime/mod.ts";
import { type Address, FORKED, forkSchema } from "#subjects/mod.ts";

/** The sequence of an actor's newest record; 0 when there is none. */
export async function newestSeq(client: Client, address: Address): Promise<number> {
  return (await client.last(address))?.seq ?? 0;
}

/** Most records that are read to find those that count. */
const MAX_READ = 20_000;

/** How many more records are read where too few of them count. */
const FURTHER = 4;

/** The newest records of an actor that count, in order. */
export async function newestRecords(
  client: Client,
  address: Address,
  count: number,
  counts: (record: LogRecord) => boolean,
): Promise<readonly LogRecord[]> {
  for (let reach = count; ; reach *= FURTHER) {
    const place = await hopBack(client, address, (_, passed) => passed >= reach);
    const records = place === undefined ? [] : await client.history(address, (place.prev[0] ?? place.seq) - 1);
    const found = records.filter(counts);
    if (found.length >= count || records.length < reach || reach > MAX_READ) return found.slice(-count);
  }
}

/** The records of an actor since a time, and perhaps a few before it, in order. Units: ms since 1970. */
export async function recordsSince(client: Client, address: Address, since: number): Promise<readonly LogRecord[]> {
  const place = await hopBack(client, address, ({ at }) => at < since);
  return place === undefined ? [] : client.history(address, place.seq - 1);
}

/** Goes back in long hops, each over all the sequences that one record names, into the past of a fork too. */
async function hopBack(
  client: Client,
  address: Address,
  isFarEnough: (place: LogRecord, passed: number) => boolean,
): Promise<LogRecord | undefined> {
  let place = await client.last(address);
  for (let passed = 1; place !== undefined; ) {
    passed += place.prev.length;
    const further = isFarEnough(place, passed) ? undefined : await furtherBack(client, place);
    // What was trimmed away ends the log for us.
    if (further === undefined) return place;
    place = further;
  }
  return undefined;
}

function furtherBack(client: Client, place: LogRecord): Promise<LogRecord | undefined> {
  const [oldest] = place.prev;
  if (oldest !== undefined) return client.record(place.address, oldest);
  const { success, data } = forkSchema.safeParse(place.event === FORKED ? place.data : undefined);
  return success ? client.record(data.from, data.seq) : Promise.resolve(undefined);
}
