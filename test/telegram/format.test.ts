import assert from "node:assert/strict";
import { test } from "node:test";
import { plainOf } from "#bridges/telegram/format/draft.ts";
import { captionOf, draftOf, type Form, literal, type Part, partsOf, simpler } from "#bridges/telegram/format/mod.ts";

test("a form that is refused gives way to a simpler one", () => {
  assert.deepEqual((["rich", "entities", "plain"] as const).map(simpler), ["entities", "plain", undefined]);
});

test("no words are one message all the same", () => {
  for (const empty of ["", " \n\n ", "\u200B", "```\n```"]) {
    assert.deepEqual(partsOf(empty, "entities"), [{ type: "text", text: "…" }], JSON.stringify(empty));
    assert.deepEqual(draftOf(empty, "plain"), { type: "text", text: "…" });
  }
  assert.deepEqual(partsOf("", "rich"), [{ type: "rich", markdown: "…" }]);
});

test("rich words let no tag, image, button or mention by number through, and stay rich", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["<img src=x> a < b", "&lt;img src=x> a &lt; b"],
    ["<tg-button type=url>b</tg-button>", "&lt;tg-button type=url>b&lt;/tg-button>"],
    ["<div>\n![](https://example.org/x.png)\n</div>", "&lt;div>\n[image](https://example.org/x.png)\n\n&lt;/div>"],
    ["![a](https://example.org/x.png)", "[a](https://example.org/x.png)"],
    ["!![a](https://example.org/x.png)", "&#33;[a](https://example.org/x.png)"],
    ["\\![a](https://example.org/x)", "&#33;[a](https://example.org/x)"],
    ["[me](tg://user?id=1)", "\\[me\\] (tg\\:\\/\\/user\\?id\\=1)"],
    ["[me]\n\n[me]: tg://user?id=1", "\\[me\\] (tg\\:\\/\\/user\\?id\\=1)"],
    ["[^1]: ![](https://example.org/x.png)", "[^1]: [image](https://example.org/x.png)"],
    ["![a](not an address)", "&#33;[a]\\(not an address)"],
    ["a<br>b", "a<br>b"],
  ];
  for (const [given, shown] of cases) assert.deepEqual(partsOf(given, "rich"), [{ type: "rich", markdown: shown }]);
});

test("rich words keep code as it is", () => {
  const markdown = "`<img>` and\n\n```html\n<img src=x>\n![a](b)\n```";
  assert.deepEqual(partsOf(markdown, "rich"), [{ type: "rich", markdown }]);
});

test("a formula cannot swallow the mark where code begins", () => {
  assert.equal(markdownOf("$`$ <img src=x> $`$"), "\\$`$ <img src=x> $`\\$");
  assert.equal(markdownOf("so $a<b$ holds"), "so $a< b$ holds");
});

test("what no rich message can hold comes as text", () => {
  const columns = `${"| a ".repeat(21)}|\n${"|---".repeat(21)}|`;
  const deep = `${"> ".repeat(17)}a`;
  for (const markdown of [columns, deep, "a\n\n".repeat(501), "*a ".repeat(3_000)]) {
    assert.notEqual(partsOf(markdown, "rich")[0]?.type, "rich");
    assert.equal(draftOf(markdown, "rich").type, "text");
  }
  assert.equal(partsOf("a\n\n".repeat(500), "rich")[0]?.type, "rich");
});

test("an answer longer than a rich message is its beginning and a file", () => {
  const markdown = "Some words here. ".repeat(3_000);
  const [begun, file, ...others] = partsOf(markdown, "rich");
  assert.ok(begun?.type === "rich" && begun.markdown.endsWith("The whole answer is in answer.md below."));
  assert.ok(begun.markdown.length > 2_000 && begun.markdown.length < 3_600);
  assert.deepEqual(
    [file?.type === "document" && file.name, file?.type === "document" && file.content, others],
    ["answer.md", markdown, []],
  );
});

test("text in more than five messages is its beginning and a file", () => {
  const parts = (n: number) => partsOf("Some words here. ".repeat(n), "plain").map(({ type }) => type);
  assert.deepEqual(parts(1_150), ["text", "text", "text", "text", "text"]);
  assert.deepEqual(parts(1_300), ["text", "document"]);
});

test("text is cut after a paragraph, else a line, a sentence, a word", () => {
  for (const [unit, end] of [
    ["words\n\n", "words"],
    ["words\nwords. ", "words"],
    ["Some words. ", "words."],
    ["abcd ", "abcd"],
  ] as const) {
    const [first] = texts(unit.repeat(1_000), "plain");
    assert.ok(first?.endsWith(end) && first.length <= 4_096, JSON.stringify(unit));
  }
});

test("no grapheme is cut, nor an entity that can stay whole", () => {
  const family = "👨‍👩‍👧‍👦";
  for (const text of texts(family.repeat(900), "plain")) assert.equal(text.replaceAll(family, ""), "");
  for (const text of texts("ab \u0301".repeat(2_000), "plain")) assert.doesNotMatch(text, /^\p{M}/u);
  const [first, second] = partsOf(`${"a".repeat(4_000)} **${"bold words ".repeat(20)}end**`, "entities");
  assert.ok(first?.type === "text" && first.entities === undefined);
  assert.ok(second?.type === "text" && second.entities?.length === 1 && second.text.startsWith("bold words"));
});

test("code that does not fit into the rest of a message begins the next one", () => {
  const code = "x = 1\n".repeat(300).trim();
  const [first, second] = partsOf(`${"words ".repeat(500)}\n\n\`\`\`py\n${code}\n\`\`\``, "entities");
  assert.ok(first?.type === "text" && !first.text.includes("x = 1"));
  assert.deepEqual(second, {
    type: "text",
    text: code,
    entities: [{ type: "pre", offset: 0, length: code.length, language: "py" }],
  });
});

test("code larger than a message is a file named by its language, and a line says so", () => {
  const code = "x = 1\n".repeat(900);
  const markdown = `Look:\n\n\`\`\`python\n${code}\`\`\`\n\nand\n\n\`\`\`\n${code}\`\`\``;
  const parts = partsOf(markdown, "plain");
  assert.equal(
    parts[0]?.type === "text" && parts[0].text,
    "Look:\n\nThe code is in code-1.py below.\n\nand\n\nThe code is in code-2.txt below.",
  );
  assert.deepEqual(
    parts.slice(1).map((part) => part.type === "document" && [part.name, part.content]),
    [
      ["code-1.py", code],
      ["code-2.txt", code],
    ],
  );
  const [rich, file] = partsOf(`Look:\n\n\`\`\`python\n${"x = 1\n".repeat(6_000)}\`\`\``, "rich");
  assert.ok(rich?.type === "rich" && rich.markdown.includes("code-1.py") && file?.type === "document");
});

test("a message has at most 100 entities", () => {
  const parts = partsOf("**a** b ".repeat(250), "entities");
  assert.deepEqual(
    parts.map((part) => part.type === "text" && part.entities?.length),
    [100, 100, 50],
  );
});

test("lists keep their numbers, their depth and their ticks; tables are aligned", () => {
  assert.equal(plainOf("3. one\n   - two\n     - [x] three\n4. four"), "3. one\n  • two\n    ☑ three\n4. four");
  assert.equal(plainOf("| a | bb |\n|---|---:|\n| `x\\|y` | 1 |"), "a   | bb\n----+---\nx|y |  1");
  assert.equal(plainOf("# Head\n\n---\n\n> quote\n\na &lt; b<br>c"), "Head\n\n———\n\nquote\n\na < b\nc");
});

test("links go where people may be sent, and stand in plain words where there are no entities", () => {
  const [part] = partsOf("[a](https://example.org/x_(y)) [b](javascript:x) [`c`](mailto:a@example.org)", "entities");
  assert.deepEqual(part, {
    type: "text",
    text: "a b (javascript:x) c",
    entities: [
      { type: "text_link", offset: 0, length: 1, url: "https://example.org/x_%28y%29" },
      { type: "text_link", offset: 19, length: 1, url: "mailto:a@example.org" },
    ],
  });
  assert.equal(plainOf("[a](https://example.org/x)"), "a (https://example.org/x)");
});

test("emphasis of nothing is no entity", () => {
  assert.deepEqual(partsOf("a *&nbsp;* b", "entities"), [{ type: "text", text: "a \u00A0 b" }]);
});

test("emphasis around code leaves the code alone", () => {
  const [part] = partsOf("  **a `b` c**", "entities");
  assert.deepEqual(part?.type === "text" && part.entities, [
    { type: "bold", offset: 0, length: 1 },
    { type: "code", offset: 2, length: 1 },
    { type: "bold", offset: 4, length: 1 },
  ]);
});

test("a draft ends cleanly", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["see [the pa", "see"],
    ["see [the page](https://exam", "see"],
    ["this **is bo", "this is bo"],
    ["this <b", "this"],
    ["a `cod", "a cod"],
    ["words\n-", "words"],
    ["words\n``", "words"],
    ["words\n\n```py", "words"],
    ["words\n\n| a | b", "words"],
    ["- one\n- two **x", "- one\n- two x"],
    ["```py\nx = 1\n``", "```py\nx = 1\n```"],
    ["| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", "| a | b |\n| --- | --- |\n| 1 | 2 |"],
  ];
  for (const [given, shown] of cases)
    assert.deepEqual(draftOf(given, "rich"), { type: "rich", markdown: shown }, given);
});

test("of a long draft the end is shown, from a line on", () => {
  const lines = Array.from({ length: 9_000 }, (_, n) => `line ${n}`).join("\n");
  for (const form of ["entities", "plain"] as const) {
    const draft = draftOf(lines, form);
    assert.ok(draft.type === "text" && draft.text.length <= 4_096 && draft.text.length > 3_900);
    assert.match(draft.text, /^…\n(?:line \d+\n)*line 8999$/);
  }
  const rich = draftOf(`${"early\n\n".repeat(450)}${"late\n\n".repeat(450)}last ${"word ".repeat(700)}`, "rich");
  assert.ok(rich.type === "rich" && rich.markdown.length > 5_000);
  assert.match(rich.markdown, /^…\n\n(?:late\n\n)+last (?:word ?)+$/);
});

test("the end of a long draft that is within code is code", () => {
  for (const [opening, begun] of [
    ["```py", "…\n\n```py\nx = "],
    ["words\n\n- item\n  ~~~js", "…\n\n```js\nx = "],
    ["> ```py", "…\n\n> ```py\n> x = "],
  ] as const) {
    const line = opening.startsWith(">") ? "> x = 1\n" : "x = 1\n";
    const draft = draftOf(`${opening}\n${line.repeat(3_000)}`, "rich");
    assert.ok(
      draft.type === "rich" && draft.markdown.startsWith(begun),
      draft.type === "rich" ? draft.markdown.slice(0, 40) : "",
    );
    assert.ok(draft.markdown.endsWith("```"));
  }
  const after = draftOf(`\`\`\`py\nx = 1\n\`\`\`\n\n${"late words\n\n".repeat(900)}`, "rich");
  assert.ok(after.type === "rich" && !after.markdown.includes("```"));
});

test("any text can be shown as it is", () => {
  assert.equal(literal("@name *a* [b](c)"), "\\@name \\*a\\* \\[b\\]\\(c\\)");
  for (const text of [
    "1. a",
    "- a",
    "# a",
    "> a",
    "www.example.org",
    "https://example.org/x",
    "a@example.org",
    "a\\",
  ]) {
    assert.equal(plainOf(literal(text)), text);
    assert.deepEqual(partsOf(literal(text), "entities"), [{ type: "text", text }]);
  }
});

test("a caption is short and ends at a word", () => {
  assert.equal(captionOf("**Done.**"), "Done.");
  const caption = captionOf("some words ".repeat(200));
  assert.ok(caption.length <= 1_024 && /(?:some|words)…$/.test(caption));
});

function markdownOf(markdown: string): string | false {
  const [part] = partsOf(markdown, "rich");
  return part?.type === "rich" && part.markdown;
}

function texts(markdown: string, form: Form): readonly string[] {
  return partsOf(markdown, form).flatMap((part: Part) => (part.type === "text" ? [part.text] : []));
}
