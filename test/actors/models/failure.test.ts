import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, failureOf, type ModelFailed } from "#models/failure.ts";
import { RETRY, waitBeforeRetry } from "#models/retry.ts";
import { retryAfterMs } from "#models/retry-after.ts";

const asked = { provider: "anthropic", model: "claude", key: "ANTHROPIC_API_KEY" };
const NOW = Date.parse("Tue, 03 Nov 2026 14:05:00 GMT");

const verdicts: readonly (readonly [Partial<Fault>, ModelFailed["code"], ModelFailed["after"]])[] = [
  [{ status: 400 }, "model-request", "stop"],
  [{ status: 413 }, "model-request", "next"],
  [{ status: 422 }, "model-request", "stop"],
  [{ status: 401 }, "model-key", "next"],
  [{ status: 402 }, "model-forbidden", "next"],
  [{ status: 403 }, "model-forbidden", "next"],
  [{ status: 404 }, "unknown-model", "next"],
  [{ status: 408 }, "model-unavailable", "again"],
  [{ status: 409 }, "model-unavailable", "again"],
  [{ status: 429 }, "model-limited", "again"],
  [{ status: 429, kind: "insufficient_quota" }, "model-forbidden", "next"],
  [{ status: 500 }, "model-unavailable", "again"],
  [{ status: 503 }, "model-unavailable", "again"],
  [{ status: 529 }, "model-limited", "again"],
  [{ status: 503, kind: "overloaded_error" }, "model-limited", "again"],
  [{ kind: "overloaded_error", begun: true }, "model-limited", "again"],
  [{ kind: "api_error", begun: true }, "model-unavailable", "again"],
  [{ kind: "rate_limit_exceeded" }, "model-limited", "again"],
  [{ kind: "invalid_request_error" }, "model-request", "stop"],
  [{ begun: true }, "model-dropped", "again"],
  [{ message: "ECONNREFUSED" }, "model-unavailable", "again"],
];

for (const [fault, code, after] of verdicts) {
  const { message: _, ...shown } = fault;
  test(`a fault ${JSON.stringify(shown)} is ${code}: ${after}`, () => {
    const failed = failureOf({ message: "no", begun: false, ...fault }, asked);
    assert.equal(failed.code, code);
    assert.equal(failed.after, after);
  });
}

test("a spent account that is told as a bad request is one, and the next model's turn comes", () => {
  const message = "Your credit balance is too low to access the Anthropic API.";
  const { code, after } = failureOf({ status: 400, kind: "invalid_request_error", message, begun: false }, asked);
  assert.deepEqual([code, after], ["model-forbidden", "next"]);
});

for (const message of [
  "prompt is too long: 213462 tokens > 200000 maximum",
  "input length and `max_tokens` exceed context limit: 199000 + 32000 > 200000",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
  "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
  "the request exceeds the available context size, try increasing it",
]) {
  test(`“${message.slice(0, 40)}…” is no fault of the request for a model with a larger window`, () => {
    const fault = { status: 400, kind: "invalid_request_error", message, begun: false };
    const { code, after, message: said } = failureOf(fault, asked);
    assert.deepEqual([code, after], ["model-request", "next"]);
    assert.match(said, /^anthropic\/claude cannot take so much \(.*\): lower models\.context_tokens, and start/);
    assert.equal(failureOf({ ...fault, message: "", kind: "context_length_exceeded" }, asked).after, "next");
  });
}

test("a failure names who failed and what mends it", () => {
  const said = (fault: Partial<Fault>) => failureOf({ message: "no", begun: false, ...fault }, asked).message;
  assert.match(said({ status: 401 }), /^anthropic refused the key: set ANTHROPIC_API_KEY/);
  assert.match(said({ status: 403 }), /^anthropic does not let ANTHROPIC_API_KEY use claude/);
  assert.match(said({ status: 404 }), /^there is no model claude at anthropic: choose another/);
  assert.equal(said({ message: "ECONNREFUSED" }), "anthropic/claude could not be reached (ECONNREFUSED)");
});

test("retry-after is read in milliseconds, seconds and as a date", () => {
  const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW);
  assert.equal(read({ "retry-after-ms": "250", "retry-after": "9" }), 250);
  assert.equal(read({ "retry-after": "2" }), 2_000);
  assert.equal(read({ "retry-after": "0.5" }), 500);
  assert.equal(read({ "retry-after": "Tue, 03 Nov 2026 14:05:30 GMT" }), 30_000);
  assert.equal(read({ "retry-after": "Tue, 03 Nov 2026 14:00:00 GMT" }), 0);
  for (const nothing of ["soon", "-5", "", "1e9x"]) assert.equal(read({ "retry-after": nothing }), undefined, nothing);
  assert.equal(retryAfterMs(undefined, NOW), undefined);
});

test("waits double with chance in them, keep to what a provider asks, and are bounded", () => {
  const passing = { code: "model-unavailable", waitMs: undefined } as const;
  assert.deepEqual(
    [1, 2, 3].map((tried) => waitBeforeRetry(passing, tried, RETRY, 0)),
    [1_000, 2_000, 4_000],
  );
  assert.equal(waitBeforeRetry(passing, 1, RETRY, 0.5), 750);
  assert.equal(waitBeforeRetry(passing, 30, RETRY, 0), RETRY.mostWaitMs);
  assert.equal(waitBeforeRetry({ ...passing, waitMs: 5_000 }, 1, RETRY, 0), 5_000);
  assert.equal(waitBeforeRetry({ ...passing, waitMs: 60_000 }, 1, RETRY, 0), undefined);
});

test("who limits us is waited for only if it is short", () => {
  const limited = (waitMs?: number) => ({ code: "model-limited", waitMs }) as const;
  assert.equal(waitBeforeRetry(limited(1_500), 1, RETRY, 0), 1_500);
  assert.equal(waitBeforeRetry(limited(5_000), 1, RETRY, 0), undefined);
  assert.equal(waitBeforeRetry(limited(), 1, RETRY, 0), undefined);
});
