import { type Measure, MICRO, type Scope } from "./charge.ts";

/** How much may be spent in a day of UTC. Units: of its measure, tokens or millionths of a US dollar. */
export type Limit = {
  readonly scope: Scope;
  readonly measure: Measure;
  /** Where the conversation is told. */
  readonly soft?: number;
  /** Where no further call begins. */
  readonly hard?: number;
  /** What sets `hard`, for people. Shape: `budget.day_usd`. */
  readonly setting: string;
};

/** An amount as people read it. Shape: `$12.40`, `1,200 tokens`. */
export function amountText(measure: Measure, amount: number): string {
  return measure === "microUsd" ? dollars(amount) : `${amount.toLocaleString("en-US")} tokens`;
}

/** Money as people read it, small amounts to the first digits that say something. Shape: `$12.40`, `$0.0031`. */
export function dollars(microUsd: number): string {
  const usd = microUsd / MICRO;
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(usd >= 0.001 ? 4 : 6)}`;
}

/** The commands that double a limit. */
export function raising({ setting, measure, hard = 0 }: Limit): string {
  return `thalassa config set ${setting} ${(2 * hard) / (measure === "microUsd" ? MICRO : 1)}, then start thalassa up anew`;
}
