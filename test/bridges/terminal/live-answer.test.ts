import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { LiveAnswer } from "#bridges/terminal/live-answer.ts";
import type { Screen } from "#bridges/terminal/screen.ts";

test("the words of several calls in a turn are shown one after another, and none twice", () => {
  using bed = new Bed();
  const { live } = bed;
  live.hear(delta("think-1-0", "I look"));
  live.hear(delta("think-1-0", " back.", 6));
  live.finish("I look back.", []);
  live.hear(delta("think-1-1", "Nothing"));
  live.finish("Nothing there.", []);
  assert.deepEqual(bed.rows, ["  I look back.", "", "  Nothing there.", ""]);
  assert.equal(bed.row, undefined);
});

test("what is told of a call after its words stand in the log is not shown again", () => {
  using bed = new Bed();
  bed.live.hear(delta("think-1-0", "I look"));
  bed.live.finish("I look back.", []);
  bed.live.hear(delta("think-1-0", "I look"));
  assert.equal(bed.row, undefined);
  assert.deepEqual(bed.rows, ["  I look back.", ""]);
});

test("between the words of two calls stands what is done, and below words what they began", () => {
  using bed = new Bed();
  bed.live.waitFor("thinking");
  bed.live.hear(delta("think-1-0", "I count."));
  assert.equal(bed.row, "  I count.");
  bed.live.finish("I count.", ["  thinking on the side"]);
  bed.live.waitFor("looking back");
  assert.match(bed.row ?? "", /looking back$/);
  bed.live.waitFor(undefined);
  assert.deepEqual(bed.rows, ["  I count.", "", "  thinking on the side"]);
});

test("a call that only thought leaves the status as it was", () => {
  using bed = new Bed();
  bed.live.waitFor("thinking");
  bed.live.end([]);
  assert.match(bed.row ?? "", /thinking$/);
  bed.live.waitFor(undefined);
  assert.deepEqual([bed.rows, bed.row], [[], undefined]);
});

/** A live answer on a screen that only remembers. */
class Bed implements Disposable {
  readonly rows: string[] = [];
  readonly live: LiveAnswer;
  row: string | undefined;

  constructor() {
    const screen = {
      columns: 60,
      advance: (rows: readonly string[], row: string | undefined) => {
        this.rows.push(...rows.map(stripVTControlCharacters));
        this.row = row && stripVTControlCharacters(row);
      },
    };
    this.live = new LiveAnswer(screen as unknown as Screen);
  }

  [Symbol.dispose](): void {
    this.live[Symbol.dispose]();
  }
}

function delta(step: string, text: string, offset = 0) {
  return { step, attempt: 1, offset, text };
}
