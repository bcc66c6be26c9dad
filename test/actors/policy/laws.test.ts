import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUILT_IN } from "#actors/policy/built-in.ts";
import { deedsOf } from "#actors/policy/mod.ts";
import { DEED_CLASSES, EFFECTS, type Rule, STANDINGS, type Standing } from "#subjects/policy.ts";
import { answerInside, answerTo, EXAMPLES, WORLD } from "./lines.ts";

/** What lines are made of. */
const PIECES = [
  ...["$", `$${"{"}`],
  ..."rm -rf / $( ) ` \" ' | & ; && || ( ) { } < > << <<< EOF \n \\ $X }} [[ ]] (( )) if then fi for in do done".split(
    " ",
  ),
  ..."case esac sh -c eval cd .. * ? ~ sudo env = # ! find -exec {} xargs function f() \0 \u202e [ ] a=1".split(" "),
];

const words = fc.array(
  fc.constantFrom("a", "b.txt", "/", "/etc/x", "~", "../x", "*.o", "$X", "-rf", "--", "'q r'", '"$(ls)"', "src/"),
  {
    maxLength: 4,
  },
);
const command = fc
  .tuple(
    fc.constantFrom(
      "ls",
      "rm",
      "cat",
      "cp",
      "curl",
      "git push",
      "npm install",
      "nobody-knows",
      "chmod -R",
      "tar",
      "echo",
      "touch",
    ),
    words,
  )
  .map(([name, args]) => [name, ...args].join(" "));
const line = fc
  .array(fc.tuple(command, fc.constantFrom(" && ", "; ", " | ", " || ", "\n")), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([text, sign], at) => (at === parts.length - 1 ? text : text + sign)).join(""));

const role = fc.constantFrom<Standing>(...STANDINGS);
const rule: fc.Arbitrary<Rule> = fc
  .record(
    {
      effect: fc.constantFrom(...EFFECTS),
      classes: fc.uniqueArray(fc.constantFrom(...DEED_CLASSES), { minLength: 1 }),
      paths: fc.constantFrom<string[]>(["**"], ["/**"], ["src/**"], ["/etc/*"], ["*.txt"]),
      hosts: fc.constantFrom<string[]>(["*"], ["b.txt"]),
      why: fc.constant("so it is"),
    },
    { requiredKeys: ["effect", "why"] },
  )
  .map((each): Rule => each);
const rules = fc.array(rule, { maxLength: 5 }).map((own) => [...BUILT_IN, ...own]);

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What runs a whole line as it is. */
const AROUND_LINES: readonly ((text: string) => string)[] = [
  (text) => `sh -c ${quoted(text)}`,
  (text) => `/bin/bash -lc ${quoted(text)}`,
  (text) => `sudo -u root sh -c ${quoted(text)}`,
  (text) => `eval ${quoted(text)}`,
  (text) => `(${text})`,
  (text) => `{ ${text}\n}`,
  (text) => `echo "$(${text})"`,
  (text) => `if true; then ${text}\nfi`,
  (text) => `bash <<'END'\n${text}\nEND`,
  (text) => `! ${text}`,
  (text) => `trap ${quoted(text)} EXIT`,
  (text) => `env -i bash -c ${quoted(`eval ${quoted(text)}`)}`,
];

/** What runs one command as it is. */
const AROUND_COMMANDS: readonly string[] = [
  "sudo ",
  "sudo -u root ",
  "env A=1 ",
  "nohup ",
  "timeout 5 ",
  "nice -n 3 ",
  "time ",
  "command ",
  "exec ",
  "xargs ",
  "stdbuf -o L ",
  "sudo env -i nohup ",
  "strange=1 ",
  "busybox ",
  "watch -n 1 ",
];

const isLaxer = (one: string, other: string, who: Standing, all: readonly Rule[]): boolean =>
  EFFECTS.indexOf(answerTo(one, who, all).effect) < EFFECTS.indexOf(answerTo(other, who, all).effect);

const twice = (times: number, make: (text: string) => string, text: string): string =>
  times === 0 ? text : twice(times - 1, make, make(text));

/** Lines made so that reading them takes for ever. */
const HEAVY: Readonly<Record<string, string>> = {
  "opened substitutions": "$(".repeat(9_000),
  "opened brackets": "(".repeat(30_000),
  "many commands": "rm x;".repeat(9_000),
  "eval of eval": `${"eval ".repeat(9_000)}x`,
  "too much": "x".repeat(70_000),
  "places that stand for places": `${"find {} {} -exec ".repeat(15)}rm {} ;`,
  "many places that stand for places": `${`find ${"{} ".repeat(200)}-exec `.repeat(15)}rm {} ;`,
  "texts in texts": twice(6, (text) => `sh -c ${quoted(text)} ${quoted(text)}`, "rm a b c"),
  "folders in folders": `cd a;cd b;cd c;cd d;rm ${"x ".repeat(30_000)}`,
  backticks: "`".repeat(60_000),
  "here-documents": "cat <<E ".repeat(7_000),
  sums: `echo $((${"(".repeat(20_000)}1${")".repeat(20_000)}))`,
  "ifs in ifs": "if true; then ".repeat(4_000),
  "defaults in defaults": `echo ${`$${"{"}x:-`.repeat(9_000)}`,
  "a long script of sed": `sed '${"s/a/b/;".repeat(9_000)}x' a`,
};

/** Far more than any of them takes, and far less than what has no end. Units: ms. */
const LONG_MS = 5_000;

test("no text makes it throw", () => {
  const made = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 });
  const any = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    made.map((parts) => parts.join(" ")),
    made.map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(any, (text) => {
      assert.ok(EFFECTS.includes(answerTo(text).effect));
      assert.equal(answerInside(text, "guest").effect, "deny");
    }),
    { numRuns: 1_500 },
  );
});

for (const [name, text] of Object.entries(HEAVY)) {
  test(`a line of ${name} is answered in time, and never allowed`, () => {
    const began = performance.now();
    assert.notEqual(answerTo(text).effect, "allow");
    assert.ok(performance.now() - began < LONG_MS);
  });
}

test("what runs a line as it is never makes the answer laxer", () => {
  fc.assert(
    fc.property(line, fc.constantFrom(...AROUND_LINES), role, rules, (text, around, who, all) => {
      assert.ok(!isLaxer(around(text), text, who, all), around(text));
    }),
    { numRuns: 1_000 },
  );
});

test("what runs a command as it is never makes the answer laxer", () => {
  fc.assert(
    fc.property(command, fc.constantFrom(...AROUND_COMMANDS), role, rules, (text, around, who, all) => {
      assert.ok(!isLaxer(around + text, text, who, all), around + text);
    }),
    { numRuns: 1_000 },
  );
});

test("a harmless command before or behind never makes the answer laxer", () => {
  const joins: readonly ((text: string) => string)[] = [
    (text) => `true; ${text}`,
    (text) => `ls && ${text}`,
    (text) => `${text}; echo done`,
    (text) => `${text} | cat`,
    (text) => `cd src; ${text}`,
  ];
  fc.assert(
    fc.property(line, fc.constantFrom(...joins), role, rules, (text, join, who, all) => {
      assert.ok(!isLaxer(join(text), text, who, all), join(text));
    }),
    { numRuns: 1_000 },
  );
});

test("no example is answered laxer to a user than to an owner, or to a guest than to a user", () => {
  for (const [text] of EXAMPLES) {
    const answers = STANDINGS.map((who) => EFFECTS.indexOf(answerTo(text, who).effect));
    assert.deepEqual(answers, answers.toSorted(), text);
    assert.equal(answerTo(text, "guest").effect, "deny");
    const inside = STANDINGS.map((who) => EFFECTS.indexOf(answerInside(text, who).effect));
    assert.deepEqual(inside, inside.toSorted(), text);
    assert.equal(answerInside(text, "guest").effect, "deny");
  }
});

test("what nobody can read is treated at least as what destroys", () => {
  const unknown = deedsOf("nobody-knows", WORLD);
  assert.deepEqual(
    unknown.map((deed) => deed.class),
    ["unknown"],
  );
  const all: readonly Rule[] = [{ effect: "deny", classes: ["destructive"], why: "nothing is destroyed" }];
  assert.equal(answerTo("nobody-knows", "owner", all).effect, "deny");
  const allowed: readonly Rule[] = [{ effect: "allow", classes: ["destructive"], why: "all may be destroyed" }];
  assert.equal(answerTo("nobody-knows", "owner", allowed).effect, "ask");
});
