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

function styleMark(colour: "green" | "yellow" | "red", mark: string): () => string {
  return () => styleText(colour, mark);
}
