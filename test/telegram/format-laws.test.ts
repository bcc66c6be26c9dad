import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lexer, walkTokens } from "marked";
import { plainOf } from "#bridges/telegram/format/draft.ts";
import { captionOf, draftOf, type Form, literal, type Part, partsOf } from "#bridges/telegram/format/mod.ts";
import { clean } from "#bridges/telegram/format/reading.ts";

const FORMS: readonly Form[] = ["rich", "entities", "plain"];

const RUNS = { numRuns: 150 };

/** Text with all that Markdown and scripts can come up with. */
const piece = fc.oneof(
  fc.constantFrom(
    "**",
    "*",
    "_",
    "__",
    "~~",
    "`",
    "```",
    "```py\n",
    "~~~",
    "\n",
    "\n\n",
    "# ",
    "> ",
    "- ",
    "1. ",
    "- [x] ",
  ),
  fc.constantFrom(
    "| a | b |\n|---|---|\n| c | d |\n",
    "| x",
    "[a](https://example.org/x)",
    "![b](https://example.org/y.png)",
  ),
  fc.constantFrom(
    "<b>",
    "<img src=x>",
    "<tg-button>",
    "[m](tg://user?id=1)",
    "[r]: tg://user?id=2\n",
    "[r]",
    "![",
    "](",
    "!",
    "<",
  ),
  fc.constantFrom(
    "👨‍👩‍👧‍👦",
    "🇩🇪🇫🇷",
    "e\u0301",
    "שלום",
    "مرحبا",
    "\u202E",
    "漢字。",
    "\u0000",
    "\uD800",
    "&amp;",
    "\\",
    "$",
    "$$",
    "    ",
    "\t",
  ),
  fc.stringMatching(/^[a-z]{1,12} $/),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const short = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
const long = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
  .map(([pieces, times]) => pieces.join("").repeat(times).slice(0, 65_536));

test("any text becomes messages that Telegram takes, in every form", { timeout: 240_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(short, short, long), fc.constantFrom(...FORMS), (text, form) => {
      const parts = partsOf(text, form);
      assert.ok(parts.length > 0);
      for (const part of parts) check(part);
      assert.ok(parts.filter(({ type }) => type !== "document").length <= 5);
      assert.ok(captionOf(text).length <= 1_024);
    }),
    RUNS,
  );
});

test("any beginning of a text makes a draft that Telegram takes", { timeout: 240_000 }, () => {
  fc.assert(
    fc.property(
      fc.oneof(short, short, long),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(...FORMS),
      (text, at, form) => {
        check(draftOf(text.slice(0, Math.ceil((text.length * at) / 100)), form));
      },
    ),
    RUNS,
  );
});

test("rich words have no tag, no image and no link but those that may be", () => {
  fc.assert(
    fc.property(short, (text) => {
      for (const part of [...partsOf(text, "rich"), draftOf(text, "rich")]) {
        if (part.type !== "rich") continue;
        walkTokens(lexer(part.markdown), (token) => {
          assert.ok(token.type !== "html" && token.type !== "image", JSON.stringify(part.markdown));
          if (token.type === "link")
            assert.match(`${Reflect.get(token, "href")}`, /^(?:https?:|mailto:|tg:\/\/resolve)/i);
        });
      }
    }),
    { numRuns: 500 },
  );
});

test("no word is lost, and code is whole", { timeout: 240_000 }, () => {
  const word = fc.stringMatching(/^w[a-z]{2,9}$/);
  const words = fc.array(word, { minLength: 1, maxLength: 120 }).map((all) => all.join(" "));
  const huge = fc
    .array(word, { minLength: 700, maxLength: 1_500 })
    .map((all) => `**${all.slice(0, 9).join(" ")}** ${all.slice(9).join(" ")}`);
  const code = fc.array(word, { minLength: 1, maxLength: 900 }).map((lines) => ({ code: lines.join("\n") }));
  const block = fc.oneof(
    words,
    huge,
    words.map((text) => `## ${text}`),
    words.map((text) => `> ${text}\n> **bold** ${text}`),
    fc
      .array(words, { minLength: 1, maxLength: 20 })
      .map((items) => items.map((item, n) => `${n + 1}. ${item}\n   - ${item}`).join("\n")),
    fc
      .array(word, { minLength: 1, maxLength: 40 })
      .map((rows) => `| a | b |\n|---|---|\n${rows.map((row) => `| ${row} | *x* |`).join("\n")}`),
    code,
  );
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), fc.constantFrom(...FORMS), (blocks, form) => {
      const markdown = blocks
        .map((one) => (typeof one === "string" ? one : `\`\`\`py\n${one.code}\n\`\`\``))
        .join("\n\n");
      const shown = partsOf(markdown, form).map(contentOf);
      const seen = wordsIn(shown.join("\n")).filter((one) => one.startsWith("w"));
      const given = wordsIn(markdown).filter((one) => one.startsWith("w"));
      if (shown.at(-1) === markdown) return;
      // Files follow the words of their message, so that the order may differ.
      assert.deepEqual(seen.toSorted(), given.toSorted());
      for (const one of blocks) {
        if (typeof one !== "string") assert.ok(shown.some((text) => text.includes(one.code)));
      }
    }),
    RUNS,
  );
});

test("plain words are all words", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[\p{L}]{1,9}$/u), { maxLength: 50 }), (words) => {
      assert.deepEqual(
        wordsIn(plainOf(words.join(" **x** "))).filter((one) => one !== "x"),
        wordsIn(words.join(" ")).filter((one) => one !== "x"),
      );
    }),
  );
});

test("any line shown literally is that line, with no mark or link in it", () => {
  const line = fc
    .array(fc.oneof(piece, fc.constantFrom("www.a.org", "https://a.org/x", "a@a.org", "@name", "=", "+ ")), {
      maxLength: 12,
    })
    .map((pieces) => clean(pieces.join("")).replaceAll("\n", " "));
  fc.assert(
    fc.property(line, (text) => {
      assert.equal(plainOf(literal(text)).trim(), text.trim());
      for (const part of partsOf(literal(text), "entities"))
        assert.ok(part.type === "text" && part.entities === undefined);
      for (const part of partsOf(literal(text), "rich")) {
        if (part.type !== "rich") continue;
        walkTokens(lexer(part.markdown), ({ type }) => {
          assert.ok(["paragraph", "text", "escape", "space"].includes(type), `${type}: ${part.markdown}`);
        });
      }
    }),
    { numRuns: 500 },
  );
});

function check(part: Part): void {
  if (part.type === "document") {
    assert.match(part.name, /^(?:answer\.md|code-\d+\.[a-z\d]+)$/);
    assert.ok(part.content !== "" && part.caption.length <= 1_024);
    return;
  }
  const text = part.type === "rich" ? part.markdown : part.text;
  assert.ok(text.isWellFormed() && text.trim() !== "");
  assert.ok(!text.includes("\u0000") && !text.includes("\u202E"));
  if (part.type === "rich") {
    assert.ok([...text].length <= 32_768);
    return;
  }
  assert.ok(text.length <= 4_096, `${text.length} units`);
  const entities = part.entities ?? [];
  assert.ok(entities.length <= 100);
  for (const [n, entity] of entities.entries()) {
    const { offset, length } = entity;
    assert.ok(length > 0 && offset >= (entities[n - 1]?.offset ?? 0) && offset + length <= text.length);
    assert.ok(entity.type !== "text_link" || /^(?:https?|mailto|tg):/i.test(entity.url));
    if (entity.type === "pre" || entity.type === "code") continue;
    assert.ok(!/^\s|\s$/.test(text.slice(offset, offset + length)) || entity.type === "blockquote");
  }
  assert.equal(text.trimEnd(), text);
  if (entities[0]?.offset !== 0) assert.equal(text.trimStart(), text);
}

function contentOf(part: Part): string {
  return part.type === "rich" ? part.markdown : part.type === "text" ? part.text : part.content;
}

function wordsIn(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
