import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plainOf } from "#bridges/telegram/format/draft.ts";
import { captionOf, draftOf, type Form, type Part, partsOf } from "#bridges/telegram/format/mod.ts";

const FORMS: readonly Form[] = ["rich", "entities", "plain"];

const MAX = 65_536;

/** Far above what any text takes, so that a busy machine is no failure. Units: ms. */
const LONG_MS = 5_000;

const MARKS = [
  "*",
  "**",
  "_",
  "~~",
  "`",
  "```",
  "[",
  "](",
  ")",
  "![",
  "[a](b) ",
  "<",
  "<a ",
  "<!--",
  "<div>",
  "> ",
  ">",
];
const BLOCKS = ["- ", "1. ", "# ", "---", "===", "***", "|", "|-|", "a|b\n-|-|-\n", "[a]: b\n", "[a]", "\n", "\n\n"];
const WORDS = [
  "a",
  "x\n",
  " ",
  "    ",
  "\t",
  "https://a.b/((",
  "www.",
  "a@b.c ",
  "\\",
  "&#",
  "$",
  "!",
  "👨‍👩‍👧",
  "\u0301",
  ":",
  '"',
];
const unit = fc
  .array(fc.constantFrom(...MARKS, ...BLOCKS, ...WORDS), { minLength: 1, maxLength: 7 })
  .map((all) => all.join(""));

/** A unit again and again, in paragraphs, growing, or with another one after it. */
const hard = fc
  .tuple(unit, unit, fc.integer({ min: 1, max: 5_000 }), fc.constantFrom("all", "paragraphs", "ladder", "after"))
  .map(([one, other, size, how]) => {
    if (how === "all") return filled(one, MAX);
    if (how === "paragraphs") return filled(`${filled(one, 20 + (size % 400))}\n\n`, MAX);
    if (how === "after") return filled(one, size) + filled(other, MAX - size);
    return Array.from({ length: 360 }, (_, n) => filled(one, n) + other)
      .join("")
      .slice(0, MAX);
  });

test("texts that were hard to read are shown, in every form", () => {
  const ladder = (count: number, rung: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => rung(n)).join("");
  const texts = [
    ...[2_000, 5_000].map((deep) => ">".repeat(deep) + " x\n".repeat(1_000)),
    ladder(300, (n) => `${"`".repeat(n + 1)} `),
    ladder(60, (n) => `${">".repeat(60 - n)} x\n`),
    ladder(20, (n) => `${"> - ".repeat(20 - n)}x\n`),
    ladder(180, (n) => `${" ".repeat(n * 2)}- x\n`),
    ladder(3_000, (n) => `[a${n}]: x\n`) + "[a1] ".repeat(6_000),
    `${"a|".repeat(8_000)}\n${"-|".repeat(8_000)}\n${"a\n".repeat(16_000)}`,
    `${"a|".repeat(98)}\n${"-|".repeat(98)}\n${"a\n".repeat(32_000)}`,
    `# a${" ".repeat(65_000)}x`,
    `${"|".repeat(32_000)}w ${"\n\n<br>".repeat(5_000)}`,
    `a${"\u0301".repeat(65_000)}`,
    ...[
      "https://a.b/((",
      "1. a\n",
      "a\n===\n",
      "a\n***\n",
      "a|b\n-|-|-\n",
      "- **a** b\n",
      "> - a\nb\n",
      "\\*",
      "-\n",
    ].map((text) => filled(text, MAX)),
    ...["*a ", "[", ">", "[a](", "![", "*a **b _c "].map((text) => filled(text, MAX)),
    ...["[a](", "*a **b _c "].map((text) => filled(`${filled(text, 800)}\n\n`, MAX)),
  ];
  for (const text of texts) shown(text);
});

test("any text of marks is shown, in every form", { timeout: 240_000 }, () => {
  fc.assert(fc.property(hard, shown), { numRuns: 100 });
});

test("no word of a text that is hard to read is lost", { timeout: 240_000 }, () => {
  const mark = fc.constantFrom(
    "*",
    "**",
    "_",
    "~~",
    "`",
    ">",
    "> ",
    "- ",
    "[",
    "(",
    "<",
    "#",
    "\n",
    "\n\n",
    " ",
    "!",
    "\\",
  );
  const text = fc
    .tuple(fc.array(mark, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 2_500 }))
    .map(([marks, count]) => Array.from({ length: count }, (_, n) => `${marks.join("")} w${n} `).join(""));
  fc.assert(
    fc.property(text, fc.constantFrom(...FORMS), (given, form) => {
      const words = new Set(partsOf(given, form).map(contentOf).join("\n").match(/w\d+/g));
      // What stands behind the beginning of a block of code names its language.
      const read = given.split("\n").filter((line) => !/`{3}|~{3}/.test(line));
      for (const word of read.join("\n").match(/w\d+/g) ?? []) assert.ok(words.has(word), word);
    }),
    { numRuns: 100 },
  );
});

function shown(text: string): void {
  const began = performance.now();
  for (const form of FORMS) {
    const parts = partsOf(text, form);
    assert.ok(parts.length > 0);
    for (const part of [...parts, draftOf(text, form)]) assert.ok(isShort(part));
  }
  plainOf(text);
  assert.ok(captionOf(text).length <= 1_024);
  assert.ok(performance.now() - began < LONG_MS, JSON.stringify(text.slice(0, 60)));
}

function isShort(part: Part): boolean {
  if (part.type === "rich") return [...part.markdown].length <= 32_768;
  return part.type === "document" || (part.text.length <= 4_096 && (part.entities ?? []).length <= 100);
}

function contentOf(part: Part): string {
  return part.type === "rich" ? part.markdown : part.type === "text" ? part.text : part.content;
}

function filled(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}
