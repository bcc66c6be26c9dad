import { parseArgs } from "node:util";

/** What is measured, how thoroughly, and how it is told. */
export type BenchOptions = {
  /** Names of the benches to run, in the order of the list. */
  readonly only: readonly string[];
  /** A few samples each: shows that it works, proves nothing. */
  readonly quick: boolean;
  /** One JSON object a line instead of lines for people. */
  readonly json: boolean;
  /** The page of results is written again. */
  readonly doc: boolean;
};

/** Reads the command line. Throws: RangeError on a bench there is not; what `parseArgs` throws on an unknown option. */
export function readOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: names.join(",") },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      doc: { type: "boolean", default: false },
    },
  });
  const only = values.only.split(",").map((name) => name.trim());
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`there is no bench ${unknown}; use some of ${names.join(",")}`);
  return { only: names.filter((name) => only.includes(name)), quick: values.quick, json: values.json, doc: values.doc };
}
