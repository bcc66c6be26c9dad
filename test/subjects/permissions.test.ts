import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENTS, KINDS, OPERATOR, TAP } from "#subjects/kinds.ts";
import { allRights, apiPrefix, inboxPrefix, subjectInCore } from "#subjects/permissions.ts";
import { auditorContract, TEST_KINDS } from "#support/contracts.ts";

const rights = allRights(TEST_KINDS, CLIENTS);
const of = (user: string) => rights.find((one) => one.user === user) ?? assert.fail(`no rights for ${user}`);

test("rights: everybody who may speak has a row, in a stable order", () => {
  const users = [OPERATOR, TAP, ...CLIENTS.map(({ client }) => client), ...TEST_KINDS.map(({ kind }) => kind)];
  assert.deepEqual(
    rights.map(({ user }) => user),
    users,
  );
  assert.deepEqual(allRights(KINDS, CLIENTS), allRights(KINDS, CLIENTS));
});

test("rights: none is listed twice, and each subject is one", () => {
  for (const { user, publish, subscribe } of rights) {
    for (const subjects of [publish, subscribe]) {
      assert.deepEqual(subjects, [...new Set(subjects)], user);
      for (const subject of subjects) assert.match(subject, /^(?:[^\s.>]+\.)*(?:[^\s.>]+|>)$/, `${user}: ${subject}`);
    }
  }
});

test("rights: everybody reads their own answers and nobody else's", () => {
  for (const { user, subscribe } of rights.filter((one) => one.user !== OPERATOR)) {
    const inboxes = subscribe.filter((subject) => subject.startsWith("_INBOX"));
    assert.deepEqual(inboxes, [`${inboxPrefix(user)}.>`]);
  }
});

test("rights: only the operator may do something to a stream", () => {
  const harmful = /STREAM\.(?!MSG\.GET|INFO|NAMES|LIST)|STREAM\.MSG\.DELETE|CONSUMER\.(?:DURABLE|RESET)|^\$SYS|^>$/;
  for (const { user, publish } of rights.filter((one) => one.user !== OPERATOR)) {
    assert.deepEqual(
      publish.filter((subject) => harmful.test(subject)),
      [],
      user,
    );
  }
});

test("rights: a verb may be sent by those whose contract says so, and given back to those who send", () => {
  const senders = (subject: string) =>
    rights.filter(({ publish }) => publish.includes(subject)).map(({ user }) => user);
  assert.deepEqual(senders("thalassa.*.hand.*.in.carry"), ["clerk"]);
  assert.deepEqual(senders("thalassa.*.clerk.*.in.order"), ["hand"]);
  assert.deepEqual(senders("thalassa.*.clerk.*.in.bounced"), ["hand"]);
  assert.deepEqual(senders("thalassa.*.channel.*.in.hear"), ["terminal", "http"]);
});

test("rights: a client reads the entries that its contract names, and no others", () => {
  const reads = (user: string) => of(user).publish.filter((subject) => subject.includes("KV_SECRETS"));
  assert.deepEqual(reads("http"), [`${apiPrefix("EDGE")}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.token.*`]);
  for (const { user } of rights.filter((one) => one.user !== "http")) assert.deepEqual(reads(user), [], user);
});

test("rights: a kind reads the logs and snapshots of those whose past its contract names, and of no others", () => {
  const [withPast = [], without = []] = [auditorContract, { ...auditorContract, pasts: [] }].map(
    (contract) => allRights([contract], []).at(-1)?.publish,
  );
  assert.deepEqual(
    withPast.filter((subject) => !without.includes(subject)),
    [
      "$JS.API.DIRECT.GET.LOG_LEDGER",
      "$JS.API.STREAM.MSG.GET.LOG_LEDGER",
      "$JS.API.DIRECT.GET.KV_STATE.$KV.STATE.*.ledger.*",
    ],
  );
});

test("rights: who lists some of a bucket may ask for all of that bucket, and of no other", () => {
  const lists = (user: string) => of(user).publish.filter((subject) => /DIRECT\.GET\.KV_\w+$/.test(subject));
  assert.deepEqual(lists("terminal"), [`${apiPrefix("EDGE")}.DIRECT.GET.KV_VIEWS`]);
  assert.deepEqual(lists("hand"), []);
  const lister = { ...auditorContract, lists: { VIEWS: ["hosts.>", "jobs.>"] } };
  const listing = allRights([lister], [])
    .at(-1)
    ?.publish.filter((subject) => subject.includes("KV_VIEWS"));
  assert.deepEqual(listing, ["$JS.API.DIRECT.GET.KV_VIEWS"]);
});

test("rights: the object store is read by direct gets, and written by adding to it alone", () => {
  const touches = (artifacts?: "read" | "write") => {
    const contract = { ...auditorContract, account: "HANDS", ...(artifacts && { artifacts }) } as const;
    return (
      allRights([contract], [])
        .at(-1)
        ?.publish.filter((subject) => subject.includes("ARTIFACTS")) ?? []
    );
  };
  const reads = ["core.DIRECT.GET.OBJ_ARTIFACTS", "core.DIRECT.GET.OBJ_ARTIFACTS.$O.ARTIFACTS.M.*"];
  assert.deepEqual(touches(), []);
  assert.deepEqual(touches("read"), reads);
  assert.deepEqual(touches("write"), [...reads, "$O.ARTIFACTS.C.*", "$O.ARTIFACTS.M.*"]);
});

test("rights: a kind beyond CORE names the streams under the prefix of its account", () => {
  assert.ok(of("hand").publish.includes(`${apiPrefix("HANDS")}.CONSUMER.NAMES.MAIL_HAND`));
  assert.ok(of("hand").publish.includes(`${apiPrefix("HANDS")}.$KV.OWN.hand.*`));
  assert.ok(of("channel").publish.includes("$KV.OWN.channel.*"));
  for (const subject of of("hand").publish) assert.doesNotMatch(subject, /^\$(?:JS\.API|KV)\./);
});

test("the prefix of an account is taken off as it was put on", () => {
  const near = allRights([{ ...TEST_KINDS[2], account: "CORE" } as (typeof TEST_KINDS)[number]], []).at(-1);
  const far = allRights(TEST_KINDS.slice(2), []).at(-1);
  const shared = (subject: string) => !subject.startsWith("_INBOX_operator");
  assert.deepEqual(far?.publish.map(subjectInCore), near?.publish.filter(shared));
});
