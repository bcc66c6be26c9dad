import assert from "node:assert/strict";
import { test } from "node:test";
import { Unbroken } from "#runtime/unbroken.ts";

type Numbered = Parameters<Unbroken["takes"]>[0];

function numbered(deliverySequence: number): Numbered {
  return { info: { deliverySequence } } as Numbered;
}

test("mail is taken as long as none is missing, and none that comes behind one that is", () => {
  let breaks = 0;
  const order = new Unbroken(() => breaks++);
  const taken = [1, 2, 3, 5, 6, 4, 7].filter((each) => order.takes(numbered(each)));
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(breaks, 1, "it is told once");
});

test("a server that counts from an earlier number again has handed out nothing that is missing", () => {
  const order = new Unbroken(() => assert.fail("nothing is missing"));
  assert.deepEqual(
    [1, 2, 3, 2, 3, 4].filter((each) => order.takes(numbered(each))),
    [1, 2, 3, 2, 3, 4],
  );
});
