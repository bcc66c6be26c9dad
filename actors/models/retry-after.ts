/** What of an HTTP answer's headers is asked. */
export type HeadersRead = { get(name: string): string | null };

/**
 * How long a provider asks us to stay away: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date.
 * Units: ms; undefined where it says nothing that can be read, 0 for what has passed.
 */
export function retryAfterMs(headers: HeadersRead | undefined, now: number): number | undefined {
  const inMs = positive(headers?.get("retry-after-ms"));
  if (inMs !== undefined) return inMs;
  const text = headers?.get("retry-after");
  const seconds = positive(text);
  if (seconds !== undefined) return Math.round(seconds * 1_000);
  // Only a date has letters; Date.parse would take "-5" for a year.
  const at = text && /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function positive(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
