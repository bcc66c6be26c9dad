import assert from "node:assert/strict";
import { test } from "node:test";
import { executorOptionsFrom } from "#actors/executor/options.ts";

test("a port of previews is one that somebody set, or none", () => {
  const portOf = (set?: string) =>
    executorOptionsFrom(set === undefined ? {} : { THALASSA_PREVIEW_PORT: set }, "here").previews.port;
  assert.deepEqual([portOf(), portOf("auto"), portOf("0"), portOf("9000")], [undefined, undefined, 0, 9_000]);
  assert.throws(() => portOf("65536"));
});
