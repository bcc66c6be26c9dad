import assert from "node:assert/strict";
import type { Messages } from "@anthropic-ai/sdk/resources";
import type { Responses } from "openai/resources";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";

/** The body of a request to one of the three APIs, as far as its transcript goes. */
export type Sent = {
  readonly model?: string;
  readonly messages?: readonly unknown[];
  readonly input?: readonly unknown[];
};

/**
 * Holds a transcript to the rules of the API that it is sent to: ids of calls are of legal letters and come once, inputs are
 * objects, and every call has exactly one result, directly after the answer that made it. Throws: AssertionError.
 */
export function assertPaired(path: string, { messages = [], input = [] }: Sent): void {
  if (path.endsWith("/v1/messages")) assertMessages(messages as readonly Messages.MessageParam[]);
  else if (path.endsWith("/responses")) assertItems(input as readonly Responses.ResponseInputItem[]);
  else assertChat(messages as readonly ChatCompletionMessageParam[]);
}

function assertMessages(messages: readonly Messages.MessageParam[]): void {
  const calls: string[] = [];
  for (const [at, { role, content }] of messages.entries()) {
    const blocks = typeof content === "string" ? [] : content;
    if (role === "user") continue;
    const ids = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    for (const block of blocks) if (block.type === "tool_use") assertInput(block.input);
    const next = messages[at + 1];
    const answers = next === undefined || typeof next.content === "string" ? [] : next.content;
    const results = answers.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
    assert.deepEqual(results, ids, "results of an answer's calls");
    assert.ok(
      answers.slice(0, ids.length).every(({ type }) => type === "tool_result"),
      "results come first",
    );
    calls.push(...ids);
  }
  assertIds(calls);
}

function assertItems(items: readonly Responses.ResponseInputItem[]): void {
  const calls: string[] = [];
  let open: string[] = [];
  for (const item of items) {
    const type = "type" in item ? item.type : undefined;
    if (item.type === "function_call") {
      assertInput(JSON.parse(item.arguments));
      calls.push(item.call_id);
      open.push(item.call_id);
    } else if (item.type === "function_call_output") {
      const { call_id: call = "" } = item;
      assert.ok(call !== null && open.includes(call), `nobody called ${call}`);
      open = open.filter((id) => id !== call);
    } else assert.equal(open.length, 0, `calls without results before ${type ?? "a message"}`);
  }
  assert.equal(open.length, 0, "calls without results at the end");
  assertIds(calls);
}

function assertChat(messages: readonly ChatCompletionMessageParam[]): void {
  const calls: string[] = [];
  const open: string[] = [];
  for (const message of messages) {
    if (message.role === "tool") {
      assert.equal(message.tool_call_id, open.shift(), "a result out of its place");
      continue;
    }
    assert.equal(open.length, 0, "calls without results");
    if (message.role !== "assistant") continue;
    for (const call of message.tool_calls ?? []) {
      if (call.type === "function") assertInput(JSON.parse(call.function.arguments));
      open.push(call.id);
      calls.push(call.id);
    }
  }
  assert.equal(open.length, 0, "calls without results at the end");
  assertIds(calls);
}

function assertInput(input: unknown): void {
  assert.ok(
    typeof input === "object" && input !== null && !Array.isArray(input),
    `${JSON.stringify(input)} is no input`,
  );
}

function assertIds(ids: readonly string[]): void {
  assert.equal(new Set(ids).size, ids.length, `${ids} come once`);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
}
