import assert from "node:assert/strict";
import { test } from "node:test";
import { planResumption, type Resumption } from "#runtime/resumption.ts";

function planned(count: number, endless: boolean): Resumption {
  return planResumption([["key", { type: "work", ...(endless ? { endless: true } : {}) }]], () => count);
}

const none = { resumed: [], suspects: [], abandoned: [] };

test("a step goes on after one death, is a suspect after two, and is given up after three", () => {
  assert.deepEqual(planned(0, false), { ...none, resumed: ["key"] });
  assert.deepEqual(planned(1, false), { ...none, suspects: ["key"] });
  assert.deepEqual(planned(2, false), { ...none, abandoned: ["key"] });
  assert.deepEqual(planned(9, false), { ...none, abandoned: ["key"] });
});

test("an endless step goes on after any number of deaths", () => {
  for (const count of [0, 1, 2, 3, 99]) assert.deepEqual(planned(count, true), { ...none, resumed: ["key"] });
});
