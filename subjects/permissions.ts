import type { Account, ClientContract, KindContract } from "./contract.ts";
import { OPERATOR, TAP } from "./kinds.ts";
import { beatSubject, GONE_SUBJECT, probeSubject, RETURNS } from "./runtime.ts";
import { ARTIFACT_STREAM, ARTIFACTS, DEAD, logStream, mailStream } from "./streams.ts";

/** What one user of the bus may do; everything else is denied. */
export type Rights = {
  readonly user: string;
  readonly account: Account;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
};

/**
 * Where an account finds the API of the streams, all of which live in CORE: elsewhere the server's own prefix leads to an
 * account without streams. Buckets are written under it too. Shape: `core.CONSUMER.INFO.…`, `core.$KV.STATE.…`.
 */
export function apiPrefix(account: Account): string {
  return account === "CORE" ? CORE_API : FOREIGN_API;
}

const CORE_API = "$JS.API";
const FOREIGN_API = "core";

/** What a subject under the API prefix of another account is called in CORE. */
export function subjectInCore(subject: string): string {
  if (!subject.startsWith(`${FOREIGN_API}.`)) return subject;
  const rest = subject.slice(FOREIGN_API.length + 1);
  return rest.startsWith("$KV.") ? rest : `${CORE_API}.${rest}`;
}

function subjectFrom(account: Account, subject: string): string {
  if (account === "CORE") return subject;
  return subject.startsWith("$KV.")
    ? `${FOREIGN_API}.${subject}`
    : subject.replace(`${CORE_API}.`, () => `${FOREIGN_API}.`);
}

/** Where the server makes up reply subjects for requests that cross accounts. */
export const FOREIGN_ANSWERS = "_R_";

/** Where answers to a user arrive; each has its own, so that nobody reads another's. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/** The rights of every user, in a stable order: operator, tap, clients, kinds. */
export function allRights(kinds: readonly KindContract[], clients: readonly ClientContract[]): readonly Rights[] {
  const rights: readonly Rights[] = [
    { user: OPERATOR, account: "CORE", publish: [">"], subscribe: [">"] },
    tapRights(kinds),
    ...clients.map((client) => clientRights(client, kinds)),
    ...kinds.map((kind) => kindRights(kind, kinds, clients)),
  ];
  return rights.map((right) => ({
    ...right,
    publish: right.publish.map((subject) => subjectFrom(right.account, subject)),
  }));
}

function kindRights(
  contract: KindContract,
  kinds: readonly KindContract[],
  clients: readonly ClientContract[],
): Rights {
  const { kind } = contract;
  const mail = mailStream(kind);
  return {
    user: kind,
    account: contract.account,
    publish: [
      `commit.*.${kind}.*.*`,
      ...["at", "dead", "live"].map((plane) => `thalassa.*.${kind}.*.${plane}.*`),
      ...mailSubjects(contract.sends),
      ...returnSubjects(contract, kinds),
      beatSubject(kind),
      probeSubject(kind, "*"),
      `$KV.STATE.*.${kind}.*`,
      `$KV.OWN.${kind}.*`,
      ...contract.views.map((view) => `$KV.VIEWS.${view}.>`),
      ...[kind, ...(contract.pasts ?? [])].flatMap(pastSubjects),
      `$JS.API.DIRECT.GET.KV_OWN.$KV.OWN.${kind}.*`,
      ...entryRights(contract),
      ...artifactSubjects(contract.artifacts),
      `$JS.API.CONSUMER.CREATE.${mail}.*.mail.${kind}.*.>`,
      ...["DELETE", "INFO", "MSG.NEXT"].map((verb) => `$JS.API.CONSUMER.${verb}.${mail}.*`),
      `$JS.API.CONSUMER.NAMES.${mail}`,
      `$JS.ACK.${mail}.>`,
      `$JS.ACK.*.*.${mail}.>`,
      ...answerSubjects(contract, clients),
    ],
    subscribe: [
      `${inboxPrefix(kind)}.>`,
      beatSubject(kind),
      probeSubject(kind, "*"),
      GONE_SUBJECT,
      `thalassa.*.${kind}.*.ask.*`,
      ...(contract.hears ?? []).map((other) => `thalassa.*.${other}.*.live.*`),
      ...["PING", "INFO", "STATS"].flatMap((verb) => [
        `$SRV.${verb}`,
        `$SRV.${verb}.${kind}`,
        `$SRV.${verb}.${kind}.*`,
      ]),
    ],
  };
}

/** What it takes to read logs and snapshots of a kind: by sequence from the nearest replica, else from the leader. */
function pastSubjects(kind: string): readonly string[] {
  const log = logStream(kind);
  return [
    `$JS.API.DIRECT.GET.${log}`,
    `$JS.API.STREAM.MSG.GET.${log}`,
    `$JS.API.DIRECT.GET.KV_STATE.$KV.STATE.*.${kind}.*`,
  ];
}

/** Entries that are not the kind's alone: those of its views, what it reads, and what it keeps together with others. */
function entryRights({ views, reads = {}, lists = {}, shares = {} }: KindContract): readonly string[] {
  const shown = entrySubjects({ VIEWS: views.map((view) => `${view}.>`) });
  const written = writtenSubjects(shares);
  return [...shown, ...entrySubjects(reads), ...listSubjects(lists), ...written, ...entrySubjects(shares)];
}

/** To list, a bucket is asked for messages in a body that the server compares with no right: all of it or nothing. */
function listSubjects(lists: NonNullable<KindContract["lists"]>): readonly string[] {
  return Object.keys(lists).map((bucket) => `$JS.API.DIRECT.GET.KV_${bucket}`);
}

/** Reading is by direct gets; writing only adds, for what replaces or removes could also wipe. */
function artifactSubjects(does: KindContract["artifacts"]): readonly string[] {
  if (does === undefined) return [];
  const store = `$O.${ARTIFACTS.name}`;
  const reads = [`$JS.API.DIRECT.GET.${ARTIFACT_STREAM}`, `$JS.API.DIRECT.GET.${ARTIFACT_STREAM}.${store}.M.*`];
  return does === "read" ? reads : [...reads, `${store}.C.*`, `${store}.M.*`];
}

/**
 * Where a kind may answer: its own probes, and whoever asks it from its own account. What comes from another account, as
 * the tap always does, wants its answer under a name that the server makes up.
 */
function answerSubjects({ kind, account }: KindContract, clients: readonly ClientContract[]): readonly string[] {
  const near = clients.filter((client) => client.account === account).map(({ client }) => client);
  const askers = [kind, ...(account === "CORE" ? [OPERATOR] : []), ...near];
  return [...askers.map((user) => `${inboxPrefix(user)}.>`), `${FOREIGN_ANSWERS}.>`];
}

function clientRights(contract: ClientContract, kinds: readonly KindContract[]): Rights {
  return {
    user: contract.client,
    account: contract.account,
    publish: [
      ...mailSubjects(contract.sends),
      ...contract.follows.flatMap((kind) => [
        `$JS.API.DIRECT.GET.${logStream(kind)}`,
        `$JS.API.DIRECT.GET.${logStream(kind)}.commit.*.${kind}.*.*`,
      ]),
      "$JS.API.DIRECT.GET.KV_VIEWS.$KV.VIEWS.>",
      ...entrySubjects(contract.reads),
      ...listSubjects(contract.lists ?? {}),
      ...artifactSubjects(contract.artifacts),
      ...kinds.flatMap(({ kind }) => [`thalassa.*.${kind}.*.ask.*`, `$SRV.*.${kind}`, `$SRV.*.${kind}.*`]),
    ],
    subscribe: [
      `${inboxPrefix(contract.client)}.>`,
      ...contract.follows.flatMap((kind) => [`thalassa.*.${kind}.*.log.*`, `thalassa.*.${kind}.*.live.*`]),
    ],
  };
}

/**
 * Read-only: what `nats sub`, `stream ls|info|get|view`, `kv ls|get|watch` and `micro` need, and not one write.
 */
function tapRights(kinds: readonly KindContract[]): Rights {
  const views = "KV_VIEWS";
  const streams = [...kinds.map((kind) => logStream(kind.kind)), DEAD, views];
  return {
    user: TAP,
    account: "TAP",
    publish: [
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.LIST",
      ...streams.flatMap((stream) => [
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
        `$JS.API.CONSUMER.CREATE.${stream}.>`,
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
      ]),
      `$JS.API.DIRECT.GET.${views}.>`,
      "$SRV.>",
    ],
    subscribe: ["thalassa.>", `${inboxPrefix(TAP)}.>`],
  };
}

function mailSubjects(sends: KindContract["sends"]): readonly string[] {
  return Object.entries(sends).flatMap(([kind, verbs]) => verbs.map((verb) => `thalassa.*.${kind}.*.in.${verb}`));
}

function entrySubjects(reads: ClientContract["reads"]): readonly string[] {
  return Object.entries(reads).flatMap(([bucket, keys]) =>
    keys.map((key) => `$JS.API.DIRECT.GET.KV_${bucket}.$KV.${bucket}.${key}`),
  );
}

function writtenSubjects(shares: NonNullable<KindContract["shares"]>): readonly string[] {
  return Object.entries(shares).flatMap(([bucket, keys]) => keys.map((key) => `$KV.${bucket}.${key}`));
}

/** Mail that a kind gives back goes to whoever sends to it and takes it back. */
function returnSubjects(contract: KindContract, kinds: readonly KindContract[]): readonly string[] {
  const senders = kinds.filter((other) => Object.hasOwn(other.sends, contract.kind));
  return senders.flatMap((sender) =>
    RETURNS.filter((verb) => Object.hasOwn(sender.mail, verb)).map((verb) => `thalassa.*.${sender.kind}.*.in.${verb}`),
  );
}
