import type { DeedClass } from "#subjects/policy.ts";

/** What is known of a program: how its words are read, and what they mean. Options stand with their dashes. */
export type Program = {
  /** What it does with what it is given. */
  readonly does: DeedClass;
  /** What it does besides, without a place. */
  readonly also?: readonly DeedClass[];
  /** What its operands are: places (unless told), hosts, either (`host:path`), names of hosts kept elsewhere, or neither. */
  readonly operands?: "places" | "hosts" | "remotes" | "repositories" | "nothing";
  /** How many operands come first that are no places. */
  readonly skip?: number;
  /** What is done to the last operand, where it differs. */
  readonly last?: DeedClass;
  /** Whether it acts where it stands when it is given no place. */
  readonly here?: true;
  /** Whether places are meant with all below. */
  readonly tree?: true;
  /** Options by which places are meant with all below. */
  readonly treeIf?: readonly string[];
  /** Options that change nothing about this; where they are told, one that nobody tells of is not understood. */
  readonly plain?: readonly string[];
  /** Options whose next word is no operand. */
  readonly valued?: readonly string[];
  /** Options whose next word is a place that is written, or read; `uploads` reads what follows an `@`. */
  readonly writes?: readonly string[];
  readonly reads?: readonly string[];
  readonly uploads?: readonly string[];
  /** Options, or whole operands, by which it does something worse. */
  readonly raises?: Readonly<Record<string, DeedClass>>;
  /** Operands of the form `of=FILE`. */
  readonly assigns?: Readonly<Record<string, DeedClass>>;
  /** What it does without an operand, where that is more than to tell about itself. */
  readonly alone?: Program;
  /** What its first operand makes of it; a first operand that is not here is unknown. */
  readonly subs?: Readonly<Record<string, Program>>;
};

/** Programs by their names, several of a kind at once. Shape: `{ "cat head tail": {…} }`. */
export function byName(table: Readonly<Record<string, Program>>): Readonly<Record<string, Program>> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([names, program]) => names.split(" ").map((name) => [name, program])),
  );
}
