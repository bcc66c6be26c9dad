import { styleText } from "node:util";

/** What one check found. */
export type Finding = {
  readonly check: string;
  readonly level: "good" | "warn" | "bad";
  /** What is true. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
};

/** All is well. */
export function good(check: string, message: string): Finding {
  return { check, level: "good", message };
}

/** It works, but somebody should know. */
export function warn(check: string, message: string, hint: string): Finding {
  return { check, level: "warn", message, hint };
}

/** Something is wrong. */
export function bad(check: string, message: string, hint: string): Finding {
  return { check, level: "bad", message, hint };
}

const MARKS = { good: styleMark("green", "✔"), warn: styleMark("yellow", "!"), bad: styleMark("red", "✖") } as const;

/** The lines of a finding for people. */
export function findingLines({ check, level, message, hint }: Finding): readonly string[] {
  const line = `${MARKS[level]()} ${check.padEnd(12)} ${message}`;
  return hint === undefined ? [line] : [line, `  ${" ".repeat(12)} → ${hint}`];
}

/** The last lines for people: how many findings of each sort there are, and once more what is wrong. */
export function summaryLines(findings: readonly Finding[]): readonly string[] {
  const wrong = findings.filter(({ level }) => level === "bad");
  const known = findings.filter(({ level }) => level === "warn").length;
  const good = findings.length - wrong.length - known;
  const counts = [
    `${good} good`,
    ...(known > 0 ? [`${known} to know of (!)`] : []),
    ...(wrong.length > 0 ? [`${wrong.length} wrong:`] : ["nothing wrong"]),
  ];
  return ["", styleText("bold", counts.join(", ")), ...wrong.flatMap(findingLines)];
}

function styleMark(colour: "green" | "yellow" | "red", mark: string): () => string {
  return () => styleText(colour, mark);
}
