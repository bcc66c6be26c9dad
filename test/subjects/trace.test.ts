import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatTraceparent, parseTraceparent, spanOf } from "#subjects/trace.ts";

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));

test("a trace is read as it was written", () => {
  fc.assert(
    fc.property(hex(32), hex(16), (traceId, spanId) => {
      assert.deepEqual(parseTraceparent(formatTraceparent({ traceId, spanId })), { traceId, spanId });
    }),
  );
});

test("what is no trace of version 00 reads as none", () => {
  const [zeros, ones] = ["0".repeat(32), "1".repeat(32)];
  const span = "2".repeat(16);
  const strange = [undefined, "", `00-${zeros}-${span}-01`, `00-${ones}-${"0".repeat(16)}-01`, `01-${ones}-${span}-01`];
  for (const text of [...strange, `00-${ones}-${span}`, `00-${ones.toUpperCase()}A-${span}-01`]) {
    assert.equal(parseTraceparent(text), undefined, text);
  }
});

test("the span of an event follows from its id alone", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 9, maxLength: 16 }), (bytes) => {
      const id = Buffer.from(bytes).toString("base64url");
      assert.match(spanOf(id), /^[0-9a-f]{16}$/);
      assert.equal(spanOf(id), Buffer.from(bytes).toString("hex").slice(0, 16));
    }),
  );
});
