import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { finishWords, hearWords, SILENCE, type Words } from "#bridges/terminal/words.ts";

test("words are shown as they come", () => {
  const { words, shown } = hear([delta(0, "Hello, "), delta(7, "Ada")]);
  assert.equal(shown, "Hello, Ada");
  assert.deepEqual(finishWords(words, "Hello, Ada!"), { type: "rest", text: "!" });
});

test("a delta that comes twice is shown once", () => {
  assert.equal(hear([delta(0, "Hello"), delta(0, "Hello"), delta(5, " you")]).shown, "Hello you");
});

test("an attempt that says the same again shows only what is new", () => {
  const { shown } = hear([delta(0, "Hello, A"), delta(0, "Hello", 2), delta(5, ", Ada", 2)]);
  assert.equal(shown, "Hello, Ada");
});

test("an attempt that says something else shows nothing until the answer stands, and then all of it", () => {
  const { words, shown } = hear([delta(0, "Hello"), delta(0, "Good day", 2)]);
  assert.equal(shown, "Hello");
  assert.deepEqual(finishWords(words, "Good day to you"), { type: "anew", text: "Good day to you" });
});

test("what an earlier attempt still says is not heard", () => {
  assert.equal(hear([delta(0, "Good", 2), delta(0, "Hello, all", 1)]).shown, "Good");
});

test("after a gap nothing is shown until the answer stands", () => {
  const { words, shown } = hear([delta(0, "Hello"), delta(9, "da")]);
  assert.equal(shown, "Hello");
  assert.deepEqual(finishWords(words, "Hello, Ada"), { type: "rest", text: ", Ada" });
});

test("joining in the middle shows the answer whole at its end", () => {
  const { words, shown } = hear([delta(7, "Ada")]);
  assert.equal(shown, "");
  assert.deepEqual(finishWords(words, "Hello, Ada"), { type: "rest", text: "Hello, Ada" });
});

test("whatever deltas are lost, repeated or begun anew, an answer is shown once and whole", () => {
  const piece = fc.tuple(fc.nat(20), fc.nat(8), fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.array(piece), (answer, pieces) => {
      const deltas = pieces.map(([offset, length, attempt]) =>
        delta(offset, answer.slice(offset, offset + length), attempt),
      );
      const { words, shown } = hear(deltas);
      const end = finishWords(words, answer);
      assert.equal(end.type, "rest");
      assert.equal(shown + end.text, answer);
    }),
  );
});

function delta(offset: number, text: string, attempt = 1) {
  return { step: "think-1", attempt, offset, text };
}

function hear(deltas: readonly ReturnType<typeof delta>[]): { readonly words: Words; readonly shown: string } {
  let words = SILENCE;
  let shown = "";
  for (const each of deltas) {
    const heard = hearWords(words, each);
    words = heard.words;
    shown += heard.fresh;
  }
  return { words, shown };
}
