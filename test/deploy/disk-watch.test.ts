import assert from "node:assert/strict";
import { test } from "node:test";
import { type Room, roomAfter } from "#deploy/disk-watch.ts";

const MiB = 1024 * 1024;

const cases: readonly (readonly [before: Room, freeMiB: number, after: Room])[] = [
  ["enough", 300, "enough"],
  ["enough", 255, "low"],
  ["low", 15, "full"],
  ["enough", 0, "full"],
  ["full", 63, "full"],
  ["full", 64, "low"],
  ["full", 300, "enough"],
];

for (const [before, freeMiB, after] of cases) {
  test(`a disk that was ${before} and has ${freeMiB} MiB left counts as ${after}`, () => {
    assert.equal(roomAfter(before, freeMiB * MiB), after);
  });
}
