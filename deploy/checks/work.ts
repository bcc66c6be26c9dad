import type { ConsumerInfo } from "@nats-io/jetstream";
import { countProcesses } from "#deploy/census.ts";
import { duration } from "#deploy/table.ts";
import { lackHere } from "#deploy/unconfigured.ts";
import type { Client } from "#runtime/mod.ts";
import { KINDS, mailStream } from "#subjects/mod.ts";
import { bad, type Finding, good, warn } from "./finding.ts";
import { infoOf } from "./streams.ts";

/** Mail that waits longer than this without anybody working on it is stuck. Units: ms. */
const STUCK_MS = 60_000;

/** Subjects of more mail than this are not looked at one by one. */
const MAX_LOOKED_AT = 10_000;

/** At least one process of each kind answers, but of those that nobody has set up. */
export async function checkProcesses(
  client: Client,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Finding[]> {
  const { processes, absent } = await countProcesses(client);
  const lacks = await Promise.all(absent.map((kind) => lackHere(kind, client, env)));
  const running = [...Map.groupBy(processes, ({ kind }) => kind)].map(([kind, all]) =>
    good("processes", `${kind}: ${all.length}, ${all.reduce((sum, each) => sum + each.partitions, 0)} partitions`),
  );
  const missing = absent
    .filter((_, at) => lacks[at] === undefined)
    .map((kind) =>
      bad(
        "processes",
        `no process of kind ${kind} answers; its mail waits`,
        `thalassa up, or thalassa up --only ${kind}`,
      ),
    );
  return [...running, ...missing];
}

/** Mail is worked on, and lies where it is found. */
export async function checkMail(client: Client): Promise<readonly Finding[]> {
  const findings = await Promise.all(KINDS.map(({ kind }) => checkMailOf(client, kind)));
  return findings.flat();
}

async function checkMailOf(client: Client, kind: string): Promise<readonly Finding[]> {
  const { jsm } = client.wire;
  const stream = mailStream(kind);
  const info = await infoOf(jsm, stream);
  if (info === undefined) return [];
  const { messages, first_ts: firstAt } = info.state;
  if (messages === 0) return [good("mail", `${kind}: none waits; at rest`)];
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of jsm.consumers.list(stream)) consumers.push(consumer);
  const busy = consumers.reduce((sum, consumer) => sum + consumer.num_ack_pending, 0);
  const pending = Math.max(messages - busy, 0);
  const again = consumers.reduce((sum, consumer) => sum + consumer.num_redelivered, 0);
  const ageMs = Date.now() - Date.parse(`${firstAt}`);
  const lag = `${busy} being worked on, ${pending} not handed out${again > 0 ? `, ${again} handed out again` : ""}`;
  const told = `${kind}: ${messages} in the queue, ${lag}, the oldest for ${duration(ageMs)}`;
  const hint = `see thalassa ps; mail waits for a process of kind ${kind}`;
  const stuck = busy === 0 && ageMs > STUCK_MS ? bad("mail", told, hint) : good("mail", told);
  return [stuck, ...(messages > MAX_LOOKED_AT ? [] : await checkPlaces(client, kind))];
}

/** Mail of which the server could not tell the partition lies where no consumer looks. */
async function checkPlaces(client: Client, kind: string): Promise<readonly Finding[]> {
  const { state } = await client.wire.jsm.streams.info(mailStream(kind), { subjects_filter: ">" });
  const lost = Object.keys(state.subjects ?? {}).filter((subject) => !subject.startsWith(`mail.${kind}.`));
  return lost.map((subject) =>
    warn(
      "mail",
      `${subject} lies in ${mailStream(kind)}, where nobody looks`,
      `nats stream purge ${mailStream(kind)} --subject ${subject} removes it`,
    ),
  );
}
