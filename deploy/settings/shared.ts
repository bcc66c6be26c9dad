import { setTimeout as delay } from "node:timers/promises";
import { Kvm } from "@nats-io/kv";
import { connectAs, findBus } from "#deploy/access.ts";
import { ThalassaError } from "#deploy/errors.ts";
import { explain } from "#deploy/failure.ts";
import { getEntry } from "#runtime/bucket-entry.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { type EntryName, entryName } from "./entry.ts";
import type { SharedSettings } from "./resolve.ts";
import type { SettingTable } from "./setting.ts";
import { SETTINGS } from "./table.ts";

const BUCKET = "SETTINGS";
const STREAM = `KV_${BUCKET}`;
const PREFIX = `$KV.${BUCKET}.`;

/** Whoever only wants to know waits no longer than this for the bus. Units: ms. */
const PATIENCE_MS = 2_000;

/** Nobody has asked, because what is read comes before the bus. */
export const NOT_ASKED: SharedSettings = { type: "unasked", why: "the bus is not up yet" };

/** What the bus says, asked as that user; a bus that does not answer is a reason, not an error. */
export async function askShared(user: string, agents: readonly string[] | "all"): Promise<SharedSettings> {
  const asked = (async (): Promise<SharedSettings> => {
    await using client = await connectAs(user, findBus());
    const entries = agents === "all" ? await readAll(client) : await readShared(client, agents);
    return { type: "asked", entries };
  })();
  const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the bus did not answer within ${PATIENCE_MS / 1_000} s`);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    return { type: "unasked", why: explain(error).message };
  }
}

/** Every shared setting, and those agents' own; works for whoever may read the bucket. */
export async function readShared(
  client: Client,
  agents: readonly string[] = [],
): Promise<ReadonlyMap<EntryName, string>> {
  const table: SettingTable = SETTINGS;
  const keys = Object.keys(table).filter((key) => table[key]?.scope === "shared");
  const own = agents.flatMap((agent) => keys.filter((key) => table[key]?.perAgent).map((key) => entryName(key, agent)));
  return await readEntries(client, [...keys, ...own]);
}

/** Every entry there is, settings that nobody knows among them. Needs the operator's right to look into the stream. */
async function readAll(client: Client): Promise<ReadonlyMap<EntryName, string>> {
  const { jsm } = client.wire;
  const { state } = await client.wire.attempt(() => jsm.streams.info(STREAM, { subjects_filter: `${PREFIX}>` }));
  return await readEntries(
    client,
    Object.keys(state.subjects ?? {}).map((subject) => subject.slice(PREFIX.length)),
  );
}

async function readEntries(client: Client, names: readonly EntryName[]): Promise<ReadonlyMap<EntryName, string>> {
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await client.wire.attempt(() => getEntry(client.wire, BUCKET, name));
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
  return new Map(found.flat());
}

/** The bus that keeps what is shared does not answer, or does not let us write. */
class SharedUnwritable extends ThalassaError<"settings-unwritable"> {}

/** Sets an entry for every host, or takes it away; as the operator, who alone may. Throws: SharedUnwritable. */
export async function changeShared(name: EntryName, text: string | undefined): Promise<void> {
  try {
    await using operator = await connectAs(OPERATOR, findBus());
    const settings = await new Kvm(operator.wire.js).open(BUCKET);
    if (text === undefined) await settings.delete(name);
    else await settings.put(name, text);
  } catch (cause) {
    const { message, hint, exitCode } = explain(cause);
    throw new SharedUnwritable({
      code: "settings-unwritable",
      message: `what all hosts share is kept on the bus: ${message}`,
      hint: `${hint ?? "look at thalassa doctor"}; or keep it in this home alone, with --file`,
      exitCode,
      cause,
    });
  }
}
