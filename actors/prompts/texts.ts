import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cortexContract } from "#subjects/cortex.ts";
import { KINDS } from "#subjects/mod.ts";
import { IDENTITY_TEXTS } from "#subjects/prompts.ts";

/** Kinds that think, and so tell what it cost: each has a prompt of its own, called like the kind. */
export const THINKING: readonly string[] = KINDS.filter(({ sends }) =>
  sends[cortexContract.kind]?.includes("charge"),
).map(({ kind }) => kind);

/** Every text there is of an agent, in the order in which models read them. Shape: `["SOUL", "IDENTITY", "USER", "channel"]`. */
export const TEXT_NAMES: readonly string[] = [...IDENTITY_TEXTS, ...THINKING];

const BUILT_IN = new Map(TEXT_NAMES.map((name) => [name, readBuiltIn(name)]));

/** The text that an agent has when neither it nor all agents have one. Throws: TypeError when there is no text of that name. */
export function builtInText(name: string): string {
  const text = BUILT_IN.get(name);
  if (text === undefined) throw new TypeError(`there is no text ${name}; use one of ${TEXT_NAMES.join(", ")}`);
  return text;
}

/** Its file stands beside this one: a kind that thinks and has none does not start. */
function readBuiltIn(name: string): string {
  return readFileSync(join(import.meta.dirname, `${name}.md`), "utf8").trim();
}
