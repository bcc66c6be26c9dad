/** What a second press would do once more, or otherwise. */
const ONCE: ReadonlySet<string> = new Set(["approve", "deny", "retry", "admit", "reject"]);

/** The notice that a button belongs to. Shape: `w3fA9xQ-0:a1` belongs to `w3fA9xQ-0`. */
export function noticeOf(ref: string): string {
  return ref.replace(/:a\d+$/, "");
}

/**
 * What is decided once, by whichever button: allowing something and not allowing it are one decision. Undefined for what may
 * be done again.
 */
export function onceKey(verb: string, ref: string): string | undefined {
  if (!ONCE.has(verb)) return undefined;
  return verb === "retry" ? `retry ${ref}` : `decide ${ref}`;
}
