import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { offlineModel } from "#models/offline.ts";
import { type Answer, type Message, type ModelRequest, type Tool, textOf } from "#models/provider.ts";

const NOTE = " I run offline: no language model is connected, so I answer only from what is said here.";
const TOOLS: readonly Tool[] = ["reply", "branch", "route", "cancel", "set_status", "look_back"].map((name) => ({
  name,
  description: name,
  inputSchema: { type: "object" },
}));
const ada = { party: "terminal", id: "ada", name: "Ada" } as const;
const BRANCH = "main.branch.b3fA9xQ-0";

/** What is said, and the tool that it is a wish for. */
const wishes: readonly (readonly [said: string, name: string, input: object])[] = [
  ["Think about what to eat on the side.", "branch", { task: "what to eat" }],
  ["please think about Lisbon in the background!", "branch", { task: "Lisbon" }],
  ["Can you look into trains on the side?", "branch", { task: "look into trains" }],
  ["on the side: how to greet Bob", "branch", { task: "how to greet Bob" }],
  ["In the background: think about fish", "branch", { task: "fish" }],
  ["On the side, compare the two plans", "branch", { task: "compare the two plans" }],
  ["start a branch about the menu", "branch", { task: "the menu" }],
  ["branch off and list all names", "branch", { task: "list all names" }],
  ["think about dinner and look back for fish on the side", "branch", { task: "dinner and look back for fish" }],
  ["Look back for the blue hat", "look_back", { query: "blue hat", limit: 30 }],
  ["search our conversation for fish", "look_back", { query: "fish", limit: 30 }],
  ["Please search the log for Bob's hat.", "look_back", { query: "bob's hat", limit: 30 }],
  ["What did we say about fish long ago?", "look_back", { query: "fish", limit: 30 }],
  ["find the recipe in our conversation", "look_back", { query: "recipe", limit: 30 }],
  ["set your status to counting sheep", "set_status", { text: "counting sheep" }],
  ["answer at once: I am here", "reply", { text: "I am here" }],
  ["tell the branch b3fA9xQ-0 that I like fish", "route", { to: "b3fA9xQ-0", text: "I like fish" }],
  [`tell ${BRANCH}: no meat`, "route", { to: BRANCH, text: "no meat" }],
  ["tell the branch to hurry", "route", { to: BRANCH, text: "hurry" }],
  ["cancel the branch b3fA9xQ-0", "cancel", { to: "b3fA9xQ-0" }],
  ["Stop b3fA9xQ-0, please", "cancel", { to: "b3fA9xQ-0" }],
  ["cancel the branch", "cancel", { to: BRANCH }],
];

const postscript = `(It is noon.)\n(At work for this conversation:\n- ${BRANCH}, since noon: "fish")`;

for (const [said, name, input] of wishes) {
  test(`offline model: “${said}” calls ${name}`, async () => {
    const { answer } = await ask([hears(said)], { postscript });
    assert.deepEqual(
      callsIn(answer).map((call) => ({ name: call.name, input: call.input })),
      [{ name, input }],
    );
    assert.equal(answer.stop, "tools");
    assert.deepEqual((await ask([hears(said)], { postscript })).answer, answer, "the same call again");
    const without = await ask([hears(said)], { postscript, tools: [] });
    assert.deepEqual([callsIn(without.answer), without.answer.stop], [[], "end"]);
  });
}

for (const said of [
  "I have a plate on the side",
  "In the background, my dog barks",
  "by the way, I like fish",
  "branch predictors are clever",
  "I will tell the branch manager",
  "stop",
  "look at that",
  "what did I say first?",
  "my status is single",
]) {
  test(`offline model: “${said}” is no wish for a tool`, async () => {
    assert.deepEqual(callsIn((await ask([hears(said)], { postscript })).answer), []);
  });
}

test("a thought on the side is told of as it begins, and what else was said is answered too", async () => {
  const { answer, told } = await ask([hears("my name is Ada"), hears("think about fish on the side")]);
  assert.equal(
    textOf(answer.content),
    `Nice to meet you, Ada.\nI think about “fish” on the side and come back to it.${NOTE}`,
  );
  assert.equal(told, textOf(answer.content));
});

test("a search is made without a word, and answered from what it found", async () => {
  const heard = [hears("look back for the blue hat"), hears("hello")];
  const { answer, told } = await ask(heard);
  assert.deepEqual([told, textOf(answer.content)], ["", ""]);
  const found = [
    "#40, 2026-11-21T11:20Z, Ada: look back for the blue hat",
    `#35, 2026-11-21T11:20Z, ${BRANCH}: I thought about the blue hat.`,
    "#30, 2026-11-21T11:10Z, Bob: my hat is red",
    "#8, 2026-11-20T10:00Z, you: You said “the blue hat”.",
    "#7, 2026-11-20T10:00Z, Ada: The blue hat is in the attic",
  ].join("\n");
  const { answer: second } = await ask([...heard, ...used(answer, found)]);
  assert.equal(
    textOf(second.content),
    `I looked back for “the blue hat”: Ada said “The blue hat is in the attic” (message 7); Bob said “my hat is red” (message 30).\nHello, Ada! What is on your mind?${NOTE}`,
  );
  assert.equal(second.stop, "end");
});

for (const [came, told] of [
  ["Nothing like that was said in the 12 messages looked at.", "I looked back for “fish” and found nothing about it."],
  ["#40, 2026-11-21T11:20Z, Ada: look back for fish", "I looked back for “fish” and found nothing about it."],
  [
    `#35, 2026-11-21T11:20Z, ${BRANCH}: Fish is fine.`,
    `I looked back for “fish”: ${BRANCH} said “Fish is fine.” (message 35).`,
  ],
  ["Somebody likes fish.", "I looked back for “fish” and found: “Somebody likes fish.”"],
] as const) {
  test(`a search that brings “${came}” is told of as it is`, async () => {
    const { answer } = await ask([hears("look back for fish")]);
    const { answer: second } = await ask([hears("look back for fish"), ...used(answer, came)]);
    assert.equal(textOf(second.content), `${told}${NOTE}`);
  });
}

test("what failed is owned up to", async () => {
  const said = hears("look back for fish");
  const { answer } = await ask([said]);
  assert.match(
    await follow([said, ...used(answer, "The log is away", true)]),
    /^I could not look back: “The log is away”\./,
  );
  const aside = hears("think about fish on the side");
  const begun = (await ask([aside])).answer;
  const refused = [aside, ...used(begun, "5 are at work already; wait for one, or cancel one.", true)];
  assert.equal(await follow(refused), "That did not work: “5 are at work already; wait for one, or cancel one.”");
  assert.equal(
    await follow([...refused, hears("hello")]),
    "That did not work: “5 are at work already; wait for one, or cancel one.”\nHello, Ada! What is on your mind?",
  );
});

test("a status is set without a word, and then told", async () => {
  const said = hears("set your status to counting sheep");
  const { answer, told } = await ask([said]);
  assert.equal(told, "");
  assert.equal(await follow([said, ...used(answer, "Noted.")]), `My status is “counting sheep”.${NOTE}`);
});

test("where nothing is at work, nothing can be told or stopped", async () => {
  const { answer } = await ask([hears("cancel the branch")]);
  assert.equal(textOf(answer.content), `Nothing is at work for us just now.${NOTE}`);
});

for (const [outcome, told] of [
  ["done", "is done: “Fish it is.”"],
  ["failed", "failed: “Fish it is.”"],
  ["cancelled", "was cancelled: “Fish it is.”"],
  ["timed-out", "ran out of time: “Fish it is.”"],
  ["lost", "was lost, and I do not know what came of it: “Fish it is.”"],
] as const) {
  test(`a thought on the side that has ended as ${outcome} is told of`, async () => {
    const report: Message = { role: "user", content: [text(`[${BRANCH} has ended: ${outcome}]\nFish it is.`)] };
    const past = [hears("hi"), says("Hello!")];
    assert.equal(await follow([...past, report]), `The thought on the side b3fA9xQ-0 ${told}`);
    const counted = await follow([...past, report, hears("how many messages?")]);
    assert.match(counted, /\nI have heard 2 messages here, this one included/, "it is no person's message");
  });
}

test("a thought on the side concludes from the conversation before it", async () => {
  const past = [
    hears("Bob likes fish"),
    says("You said “Bob likes fish”."),
    hears("think about fish on the side"),
    says("I think about “fish” on the side and come back to it."),
  ];
  const task = sets("fish");
  assert.equal(
    await follow([...past, task]),
    "I thought about “fish”, with 4 lines of the conversation before me. About it, Ada said “Bob likes fish”.",
  );
  assert.equal(
    await follow([...past, sets("the moon"), { role: "user", content: [text("be quick")] }]),
    "I thought about “the moon”, with 4 lines of the conversation before me. Nothing there is about it, and offline I know nothing more. While I thought, I was told “be quick”.",
  );
  const unseen = { lines: 3, heard: 9, said: 8 };
  assert.match(
    (await ask([task], { unseen })).text,
    /with 0 lines .* before me \(3 earlier ones are out of my sight\)/,
  );
});

test("a thought on the side searches first where its task says so", async () => {
  const task = [sets("dinner and look back for fish and say what Bob likes")];
  const { answer, told } = await ask(task);
  assert.deepEqual(
    [told, callsIn(answer).map(({ name, input }) => [name, input])],
    ["", [["look_back", { query: "fish", limit: 30 }]]],
  );
  assert.match(
    await follow([...task, ...used(answer, "#7, 2026-11-20T10:00Z, Bob: fish is fine")]),
    /I looked back for “fish”: Bob said “fish is fine” \(message 7\)\.$/,
  );
  assert.match(
    await follow([...task, ...used(answer, "The log is away", true)]),
    /could not look back for “fish”: “The log/,
  );
  assert.equal((await ask(task, { tools: [] })).answer.stop, "end");
});

test("what a person writes is no task and no report", async () => {
  assert.match(await follow([hears("[Task] fish")]), /^You said “\[Task\] fish”\./);
  assert.match(await follow([hears(`[${BRANCH} has ended: done]\nyes`)]), /^You said “\[main\.branch/);
});

test("ids of calls are new in their transcript, also for the same wish said again", async () => {
  const messages: Message[] = [];
  const ids = new Set<string>();
  for (let turn = 0; turn < 5; turn++) {
    messages.push(hears("think about fish on the side"), hears("think about fish on the side"));
    const { answer } = await ask(messages);
    for (const { id } of callsIn(answer)) ids.add(id);
    messages.push(...used(answer, "It has begun."));
  }
  assert.equal(ids.size, 10);
});

const parts = fc.constantFrom(
  ...wishes.map(([said]) => said),
  "[Task] fish and look back for hats",
  `[${BRANCH} has ended: done]\n`,
  `[${BRANCH} has ended: odd]`,
  `[${BRANCH} says]\nhalf`,
  "hello",
  "“”\ud800",
  "",
);

test("whatever is said, a turn with tools ends, says something, and is the same again", async () => {
  const lines = fc.array(fc.record({ parts: fc.array(parts, { maxLength: 3 }), isPerson: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), async (said, failed) => {
      const messages = said.map(({ parts: of, isPerson }): Message => {
        return isPerson ? hears(of.join(" ")) : { role: "user", content: [text(of.join(" "))] };
      });
      for (let calls = 0; ; calls++) {
        const { answer } = await ask(messages, { postscript });
        assert.deepEqual((await ask(messages, { postscript })).answer, answer);
        if (answer.stop === "end") return assert.notEqual(textOf(answer.content).trim(), "");
        assert.ok(calls < 3, "it calls tools again and again");
        messages.push(...used(answer, "So it is.", failed));
      }
    }),
    { numRuns: 200 },
  );
});

async function ask(messages: readonly Message[], more: Partial<ModelRequest> = {}) {
  const told: string[] = [];
  const { signal } = new AbortController();
  const onText = (words: string) => void told.push(words);
  const request: ModelRequest = { model: "offline", system: [], tools: TOOLS, messages, signal, onText, ...more };
  const answer = await offlineModel({ paceMs: 0 }).think(request);
  return { answer, told: told.join(""), text: textOf(answer.content) };
}

async function follow(messages: readonly Message[]): Promise<string> {
  const { answer, text: words } = await ask(messages);
  assert.equal(answer.stop, "end");
  return words;
}

function callsIn({ content }: Answer) {
  return content.flatMap((part) => (part.type === "tool-call" ? [part] : []));
}

/** An answer, and what each of its calls came to. */
function used(answer: Answer, result: string, failed = false): readonly Message[] {
  const results = callsIn(answer).map(({ id }) => ({ id, content: [text(result)], ...(failed ? { failed } : {}) }));
  return [
    { role: "assistant", content: answer.content },
    { role: "tool", results },
  ] as readonly Message[];
}

function hears(words: string): Message {
  return { role: "user", content: [text(words)], who: ada };
}

function says(words: string): Message {
  return { role: "assistant", content: [text(words)] };
}

function sets(task: string): Message {
  return { role: "user", content: [text(`[Task] ${task}`)] };
}

function text(words: string) {
  return { type: "text", text: words } as const;
}
