/** What a figure is held against: its median or a high percentile, and the most it may be. */
export type Goal = { readonly of: "median" | "p95" | "p99"; readonly most: number };

/** One thing measured. A single sample is its own median and has no percentiles. */
export type Figure = {
  readonly name: string;
  readonly unit: "ms" | "/s" | "×" | "KiB" | "MiB" | "";
  readonly samples: number;
  readonly median: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly goals: readonly Goal[];
};

/** Sums samples up. Throws: RangeError when there are none. */
export function figure(
  name: string,
  unit: Figure["unit"],
  samples: readonly number[],
  goals: readonly Goal[] = [],
): Figure {
  const tails = samples.length > 1 ? { p95: quantile(samples, 0.95), p99: quantile(samples, 0.99) } : {};
  return { name, unit, samples: samples.length, median: median(samples), ...tails, goals };
}

/** The middle of several. Throws: RangeError when there are none. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Whether a figure is within its goals; undefined where it has none. */
export function verdict(of: Figure): "ok" | "MISS" | undefined {
  if (of.goals.length === 0) return undefined;
  const within = of.goals.every((goal) => (of[goal.of] ?? of.median) <= goal.most);
  return within ? "ok" : "MISS";
}

/** The figure as people read it. Shape: `turn: channel    1.12 ms   p95 1.90   goal median ≤ 2   ok`. */
export function lineOf(of: Figure): string {
  const tail = of.p95 === undefined ? "" : `p95 ${rounded(of.p95)}`;
  const columns = [of.name.padEnd(46), `${rounded(of.median)} ${of.unit}`.padStart(13), tail.padEnd(14)];
  const last = of.goals.some((each) => each.of === "p99") ? `p99 ${rounded(of.p99 ?? of.median)}  ` : "";
  return [...columns, `${last}${goalOf(of)}`.padEnd(30), verdict(of) ?? ""].join("  ").trimEnd();
}

/** What a figure is held to, in words. */
export function goalOf(of: Figure): string {
  return of.goals.map((goal) => `${goal.of} ≤ ${goal.most.toLocaleString("en-US")}`).join(", ");
}

/** As many digits as mean something. */
export function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Nearest rank. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError("nothing was measured");
  return value;
}
