import { inspect, styleText } from "node:util";
import diffOf, { type Difference } from "microdiff";

/** The lines that tell two states apart, for people; none where they are the same. Shape: `~ heard: 3 → 5`. */
export function diffLines(from: unknown, to: unknown): readonly string[] {
  return differences(from, to).map(lineOf);
}

/** What differs between two states. Shape: `{ "type": "CHANGE", "path": ["heard"], "oldValue": 3, "value": 5 }`. */
export function differences(from: unknown, to: unknown): readonly Difference[] {
  // Wrapped, so that states that are no objects are told apart too.
  return diffOf({ state: from }, { state: to }, { cyclesFix: false }).map((each) => ({
    ...each,
    path: each.path.slice(1),
  }));
}

function lineOf(difference: Difference): string {
  const path = difference.path.length === 0 ? "state" : difference.path.join(".");
  if (difference.type === "CREATE") return styleText("green", `+ ${path}: ${short(difference.value)}`);
  if (difference.type === "REMOVE") return styleText("red", `- ${path}: ${short(difference.oldValue)}`);
  return styleText("yellow", `~ ${path}: ${short(difference.oldValue)} → ${short(difference.value)}`);
}

function short(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: null });
}
