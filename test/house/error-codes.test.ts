import assert from "node:assert/strict";
import { test } from "node:test";
import { CATALOGUE } from "#deploy/error-catalogue.ts";
import { codesIn, hiddenCodes, namedCodes } from "./error-codes.ts";
import { sourceFiles } from "./source.ts";

const named = namedCodes();
const known = new Set(CATALOGUE.flatMap(({ troubles }) => Object.keys(troubles)));

test("the catalogue of errors has every code that a source names, and no other", () => {
  const missing = [...named].filter(([code]) => !known.has(code));
  assert.deepEqual(missing, [], "these codes have no entry in deploy/catalogue/");
  assert.deepEqual(
    [...known].filter((code) => !named.has(code)),
    [],
    "no source names these codes",
  );
});

test("no code is hidden from the scan", () => {
  assert.deepEqual(hiddenCodes(), []);
});

test("the scan sees a code in every form that sources use", () => {
  const text = `
    readonly code = "a-field";
    readonly code: "one" | "two";
    class E extends ThalassaError<
      | "three"
      | "four"
    > {}
    return { type: "refusal", code: "five", reason };
    const code = error instanceof Error && typeof error.code === "string" ? error.code : "six";
    const system = "code" in cause && cause.code === "EPERM";
    const code = "code" in cause ? String(cause.code) : cause.name;
  `;
  assert.deepEqual(codesIn(text), ["a-field", "one", "two", "five", "six", "three", "four"]);
});

test("every code of the catalogue is asserted by a test, to the letter", () => {
  const tests = sourceFiles().filter(({ path }) => path.startsWith("test/") && !path.startsWith("test/house/"));
  const lines = tests.flatMap(({ lines: all }) => all);
  // A single word may stand in a test for other reasons, unless the line speaks of a code.
  const asserts = (line: string, code: string): boolean =>
    line.includes(`"${code}"`) && (code.includes("-") || /code/i.test(line));
  assert.deepEqual(
    [...known].filter((code) => !lines.some((line) => asserts(line, code))),
    [],
  );
});
