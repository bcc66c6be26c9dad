import assert from "node:assert/strict";
import { test } from "node:test";
import { artifactEntry, kindStreams, partitionFilter } from "#subjects/streams.ts";

const transformOf = (contract: Parameters<typeof kindStreams>[0]) => kindStreams(contract)[1]?.transform?.to;

test("mail lies in the slice that a hash chooses, and where its actor belongs to a host in that host's", () => {
  assert.equal(
    transformOf({ kind: "channel" }),
    "mail.channel.{{partition(16,1,2)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}",
  );
  assert.equal(
    transformOf({ kind: "executor", host: true }),
    "mail.executor.{{wildcard(2)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}",
  );
  assert.equal(partitionFilter("executor", "ada=2Eexample"), "mail.executor.ada=2Eexample.>");
});

test("timers come into mail the way all mail does", () => {
  for (const contract of [{ kind: "channel" }, { kind: "executor", host: true }] as const) {
    assert.equal(kindStreams(contract)[1]?.source?.to, transformOf(contract));
  }
});

test("a name in the object store is legal in a subject, whatever it is", () => {
  assert.match(artifactEntry("main.executor.ada/ré>*. port?~"), /^\$O\.ARTIFACTS\.M\.[A-Za-z0-9_=-]+$/);
});
