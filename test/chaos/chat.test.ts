import assert from "node:assert/strict";
import { test } from "node:test";
import { type Chat, messagesSchema, problemsIn, promptKey } from "./chat.ts";
import { decisionOn } from "./decision.ts";

const hello = { role: "user", content: "message 1 here, wish:look-aside" } as const;

function calling(...ids: readonly string[]): object {
  const calls = ids.map((id) => ({ id, type: "function", function: { name: "look_back", arguments: "{}" } }));
  return { role: "assistant", content: null, tool_calls: calls };
}

function resultOf(id: string): object {
  return { role: "tool", tool_call_id: id, content: "Nothing." };
}

function problems(...messages: readonly object[]): readonly string[] {
  return problemsIn(messagesSchema.parse(messages));
}

test("a transcript whose calls are each followed by their results is whole", () => {
  assert.deepEqual(problems(hello), []);
  assert.deepEqual(problems(hello, calling("a", "b"), resultOf("b"), resultOf("a")), []);
});

test("a call without its result, a result without its call, and two results are found", () => {
  assert.match(
    problems(hello, calling("a", "b"), resultOf("a"))[0] ?? "",
    /calls a,b, and the results after it are of a/,
  );
  assert.match(problems(hello, calling("a"), hello, resultOf("a"))[0] ?? "", /calls a, and the results .* none/);
  assert.match(problems(hello, resultOf("a"))[0] ?? "", /the result of no call/);
  assert.match(problems(hello, calling("a"), resultOf("a"), resultOf("a"))[0] ?? "", /are of a,a/);
});

test("an id that comes twice, roles that take no turns, and the assistant's last words are found", () => {
  const twice = problems(hello, calling("a"), resultOf("a"), calling("a"), resultOf("a"));
  assert.deepEqual(twice, ["an id of a call comes twice"]);
  assert.match(problems(hello, hello)[0] ?? "", /both the user's/);
  assert.deepEqual(problems(hello, { role: "assistant", content: "Hi." }), ["the assistant's own words come last"]);
});

test("what is asked again at another time is the same, and is answered the same to the ids of its calls", () => {
  const asked = (content: string): Chat => ({
    model: "stand-in",
    stream: true,
    messages: [{ role: "user", content }],
    tools: [{ function: { name: "branch" } }],
  });
  const [one, other] = ["(It is noon.)", "(It is late.)"].map((time) => asked(`${hello.content}\n\n${time}`));
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(promptKey(one.messages), promptKey(other.messages));
  assert.deepEqual(decisionOn(one), decisionOn(other));
  assert.equal(decisionOn(one).calls.length, 3);
  assert.notEqual(promptKey(one.messages), promptKey(asked("message 2 here").messages));
});
