import { PROBLEMS } from "#bridges/http/problem.ts";
import { isTest, type SourceFile, sourceFiles } from "./source.ts";

/** One or several literals, as a value or as a union: `"a"`, `"a" | "b"`. */
const LITERALS = String.raw`\|?\s*("[^"\n]+"(?:\s*\|\s*"[^"\n]+")*)`;

/** The forms in which sources name a code. */
const FORMS: readonly RegExp[] = [
  /** A field, a parameter, a property of an object: `code: "a"`, `readonly code = "a"`, `code: "a" | "b"`. */
  new RegExp(String.raw`\bcode\s*[:=]\s*${LITERALS}(?! in )`, "g"),
  /** The codes that a class of errors may have. */
  new RegExp(String.raw`\bThalassaError<\s*${LITERALS}`, "g"),
];

/** Forms that would hide a code from the scan. */
const HIDING: readonly RegExp[] = [
  /\bnew ThalassaError\(/,
  /\bextends ThalassaError(?!<\s*\|?\s*")/,
  /\btype: "refusal", code: (?!")/,
  /(?<!readonly |error: unknown, )\bcode: string\b/,
  /^export class (?!RuntimeError)\w+ extends RuntimeError \{(?:(?!\n\}\n)[\s\S])*?readonly code: string/m,
];

/** Every code that a source names, with the files that do. */
export function namedCodes(): ReadonlyMap<string, readonly string[]> {
  const named = sources().flatMap(({ path, text }) => codesIn(text).map((code) => ({ code, path })));
  const problems = Object.keys(PROBLEMS).map((code) => ({ code, path: "bridges/http/problem.ts" }));
  const byCode = Map.groupBy([...named, ...problems], ({ code }) => code);
  return new Map([...byCode].map(([code, all]) => [code, [...new Set(all.map(({ path }) => path))]]));
}

/** Files that have a code in a form which the scan does not see. */
export function hiddenCodes(): readonly string[] {
  return sources().flatMap(({ path, text }) => (HIDING.some((form) => form.test(text)) ? [path] : []));
}

/** The codes in a text. */
export function codesIn(text: string): readonly string[] {
  const groups = FORMS.flatMap((form) => [...text.matchAll(form)].map(([, literals = ""]) => literals));
  return groups.flatMap((literals) => [...literals.matchAll(/"([^"]+)"/g)].map(([, code = ""]) => code));
}

/** What runs; neither tests nor the catalogue itself. */
function sources(): readonly SourceFile[] {
  return sourceFiles().filter(({ path }) => !isTest(path) && !path.startsWith("deploy/catalogue/"));
}
