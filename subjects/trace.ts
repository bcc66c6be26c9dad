/**
 * Where a message stands in a W3C trace: `traceId` names the story, `spanId` the event that wrote the message.
 * Source: W3C Trace Context, version 00.
 */
export type Trace = { readonly traceId: string; readonly spanId: string };

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Writes the `traceparent` header. Shape: `00-<32 hex>-<16 hex>-01`. */
export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-01`;
}

/** Reads a `traceparent` header; anything malformed or all zero is no trace. */
export function parseTraceparent(text: string | undefined): Trace | undefined {
  const [, traceId, spanId] = TRACEPARENT.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId };
}

/** The span of an event is its own id, so that a log can be joined to a trace without a table. Units: id in base64url. */
export function spanOf(eventId: string): string {
  return Buffer.from(eventId, "base64url").toString("hex").padEnd(16, "0").slice(0, 16);
}
