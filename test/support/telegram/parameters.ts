import { z } from "zod";
import { type Served, SHAPES } from "./parameter-shapes.ts";
import { bug } from "./refusal.ts";

type Shapes = typeof SHAPES;

/** What a method was given, once it was checked. */
export type Given<M extends Served> = z.output<z.ZodObject<Shapes[M], z.core.$strict>>;

const NAMES = new Map(Object.keys(SHAPES).map((name) => [name.toLowerCase(), name as Served]));

const SCHEMAS = new Map(Object.entries(SHAPES).map(([name, shape]) => [name, z.strictObject(shape)]));

/** The method of that name; case does not matter. */
export function servedMethod(name: string): Served | undefined {
  return NAMES.get(name.toLowerCase());
}

/** What a method was given. Throws: Refusal, a bug, where that is not as documented. */
export function checkParameters<M extends Served>(method: M, given: unknown): Given<M> {
  const read = SCHEMAS.get(method)?.safeParse(given);
  if (read?.success) return read.data as Given<M>;
  throw bug(read === undefined ? "unknown method" : deepest(read.error.issues));
}

/** Reads fields of a form: words as they are where words are wanted, else as JSON. */
export function checkForm<M extends Served>(method: M, fields: Readonly<Record<string, string>>): Given<M> {
  const shape: Readonly<Record<string, z.ZodType>> = SHAPES[method];
  const read = Object.entries(fields).map(([key, value]) => {
    const isWords = shape[key]?.safeParse(value).success ?? true;
    return [key, isWords ? value : parsed(value)] as const;
  });
  return checkParameters(method, Object.fromEntries(read));
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What the first issue says, with where it is unless Telegram has words of its own for it. */
function deepest(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  if (issue === undefined) return "wrong parameters";
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0] ?? [];
    if (nearest.length > 0)
      return deepest(nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  }
  if (issue.code === "unrecognized_keys") return `unknown parameter ${[...issue.path, ...issue.keys].join(".")}`;
  return OWN_WORDS.test(issue.message) ? issue.message : `${issue.message} (${issue.path.join(".")})`;
}

/** What Telegram would say, not what the check of shapes does. */
const OWN_WORDS = /^(?!Invalid |Too |the fake )/;

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}
