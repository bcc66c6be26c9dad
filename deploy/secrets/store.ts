import { headers } from "@nats-io/transport-node";
import type { Client } from "#runtime/mod.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import {
  MASTER_ENTRY,
  type MasterMark,
  masterSchema,
  SECRET_KEYS,
  type Sealed,
  sealedSchema,
} from "#subjects/secret.ts";

/** What lies in the bucket, sealed. */
export type Stored = {
  /** The newest write to any of the secrets; the next one is refused if there was another meanwhile. */
  readonly seq: number;
  readonly master: MasterMark | undefined;
  /** By name; undefined where an entry is not what it should be. */
  readonly entries: ReadonlyMap<string, Sealed | undefined>;
};

const STREAM = `KV_${SECRET_KEYS.bucket}`;
const PREFIX = `$KV.${SECRET_KEYS.bucket}.${SECRET_KEYS.prefix}.`;

/** Reads every entry from the leader, for a stale one would be taken for the truth. Needs the operator's connection. */
export async function readStored(client: Client): Promise<Stored> {
  const { wire } = client;
  const newest = await lastOf(client, `${PREFIX}*`);
  const info = await wire.attempt(() => wire.jsm.streams.info(STREAM, { subjects_filter: `${PREFIX}*` }));
  const names = Object.keys(info.state.subjects ?? {}).map((subject) => subject.slice(PREFIX.length));
  const bodies = await Promise.all(names.map(async (name) => [name, await bodyOf(client, name)] as const));
  const there = bodies.filter(([, body]) => body !== undefined);
  const master = there.find(([name]) => name === MASTER_ENTRY)?.[1];
  const secrets = there.filter(([name]) => name !== MASTER_ENTRY);
  return {
    seq: newest?.seq ?? 0,
    master: masterSchema.safeParse(parsed(master)).data,
    entries: new Map(secrets.map(([name, body]) => [name, sealedSchema.safeParse(parsed(body)).data] as const)),
  };
}

/**
 * Writes an entry, or takes it away, unless anybody has written any of them since `after`: so nothing is sealed under a
 * key that is being replaced. Gives the seq of the write; undefined when it was refused, or may be done without our knowing.
 */
export async function writeStored(
  client: Client,
  name: string,
  data: Sealed | MasterMark | undefined,
  after: number,
): Promise<number | undefined> {
  const head = headers();
  if (data === undefined) head.set("KV-Operation", "DEL");
  const body = data === undefined ? "" : JSON.stringify(data);
  const expect = { lastSubjectSequence: after, lastSubjectSequenceSubject: `${PREFIX}*` };
  try {
    const { js } = client.wire;
    const publish = () => js.publish(`${PREFIX}${name}`, body, { headers: head, expect });
    return (await client.wire.persist(publish, new AbortController().signal)).seq;
  } catch (error) {
    if (answerOf(error) === "fenced") return undefined;
    throw error;
  }
}

async function bodyOf(client: Client, name: string): Promise<Uint8Array | undefined> {
  const message = await lastOf(client, `${PREFIX}${name}`);
  return message === undefined || message.header?.get("KV-Operation") ? undefined : message.data;
}

async function lastOf(client: Client, subject: string) {
  try {
    const query = { last_by_subj: subject };
    return (await client.wire.attempt(() => client.wire.jsm.streams.getMessage(STREAM, query))) ?? undefined;
  } catch (error) {
    if (answerOf(error) === "messageMissing") return undefined;
    throw error;
  }
}

function parsed(body: Uint8Array | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
