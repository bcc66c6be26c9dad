import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { promptsFrom, THINKING } from "#actors/prompts/mod.ts";
import { createAgent, deleteAgent, listAgents, requireAgent, requireKnown } from "#deploy/identity/agents.ts";
import { bindingsFor, changeBindings, readBindings } from "#deploy/identity/bindings.ts";
import { openPrompts, readEntry } from "#deploy/identity/bucket.ts";
import { ownText, storeText, textInUse } from "#deploy/identity/texts.ts";
import { Client } from "#runtime/mod.ts";
import { Wire } from "#runtime/wire.ts";
import { CLIENTS, KINDS } from "#subjects/mod.ts";
import { allRights, apiPrefix } from "#subjects/permissions.ts";
import { agentKey, PROMPTS, textKey } from "#subjects/prompts.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { Violations } from "#support/violations.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server[Symbol.asyncDispose]());

test("a text that was stored is in use by whoever may read it, and one level down once it is gone", async () => {
  const prompts = await operatorsPrompts();
  const channel = await clientAs("channel");
  const read = () => promptsFrom((key) => channel.entryText(PROMPTS, key)).text("main", "SOUL");
  assert.equal((await read()).level, "built in");
  await storeText(prompts, { owner: "shared", name: "SOUL", text: "calm", revision: 0 });
  await storeText(prompts, { owner: "main", name: "SOUL", text: "bold", revision: 0 });
  assert.deepEqual(await read(), { name: "SOUL", level: "own", text: "bold" });
  await prompts.delete(textKey("main", "SOUL"));
  assert.deepEqual(await read(), { name: "SOUL", level: "shared", text: "calm" });
  assert.equal((await textInUse(prompts, "shared", "SOUL")).level, "shared");
});

test("a text that somebody else has changed meanwhile is not overwritten", async () => {
  const prompts = await operatorsPrompts();
  const { revision } = await ownText(prompts, "main", "USER");
  await storeText(prompts, { owner: "main", name: "USER", text: "theirs", revision });
  const mine = storeText(prompts, { owner: "main", name: "USER", text: "mine", revision });
  await assert.rejects(mine, { code: "text-moved" });
  assert.equal((await ownText(prompts, "main", "USER")).text, "theirs");
});

test("an agent is there from its making to its end, and nothing of it comes back", async () => {
  const prompts = await operatorsPrompts();
  const terminal = await clientAs("terminal");
  await assert.rejects(requireKnown(prompts, "helper"), { code: "agent-missing" });
  await createAgent(prompts, "helper", { createdAt: 1, about: "helps" }, { IDENTITY: "name: Helper", SOUL: "kind" });
  await requireKnown(prompts, "helper");
  await requireAgent(terminal, "helper");
  await assert.rejects(createAgent(prompts, "helper", { createdAt: 2, about: "" }, {}), { code: "agent-exists" });
  await assert.rejects(createAgent(prompts, "main", { createdAt: 2, about: "" }, {}), { code: "agent-exists" });
  await assert.rejects(createAgent(prompts, "shared", { createdAt: 2, about: "" }, {}), { code: "agent-misnamed" });
  await changeBindings(prompts, (all) => [...all, { pattern: "terminal-*", agent: "helper" }]);
  assert.deepEqual(await bindingsFor(terminal), [{ pattern: "terminal-*", agent: "helper" }]);
  const named = (await listAgents(prompts)).map(({ name, entry, ownTexts }) => [name, entry?.about, ownTexts]);
  assert.deepEqual(named.slice(1), [["helper", "helps", ["SOUL", "IDENTITY"]]]);
  assert.deepEqual(await deleteAgent(prompts, "helper"), { texts: 2, bindings: 1 });
  assert.deepEqual(await readBindings(prompts), []);
  await createAgent(prompts, "helper", { createdAt: 3, about: "" }, {});
  assert.deepEqual((await listAgents(prompts))[1]?.ownTexts, []);
});

test("of two who bind at the same time neither is forgotten", async () => {
  const prompts = await operatorsPrompts();
  const patterns = ["a-*", "b-*", "c-*", "d-*"];
  await Promise.all(patterns.map((pattern) => changeBindings(prompts, (all) => [...all, { pattern, agent: "main" }])));
  assert.deepEqual((await readBindings(prompts)).map(({ pattern }) => pattern).sort(), patterns);
});

test("only the operator writes texts, and clients read no more than which agents and bindings there are", async () => {
  for (const { user, account } of allRights(KINDS, CLIENTS).filter(({ user }) => user !== "operator")) {
    const api = apiPrefix(account);
    const forbidden = [
      `${account === "CORE" ? "" : "core."}$KV.PROMPTS.main.SOUL`,
      `${api}.DIRECT.GET.KV_PROMPTS`,
      `${api}.STREAM.MSG.GET.KV_PROMPTS`,
      `${api}.CONSUMER.CREATE.KV_PROMPTS.c.$KV.PROMPTS.>`,
      ...(THINKING.includes(user) ? [] : [`${api}.DIRECT.GET.KV_PROMPTS.$KV.PROMPTS.main.SOUL`]),
      ...(user === "tap" ? [`${api}.DIRECT.GET.KV_PROMPTS.$KV.PROMPTS.${agentKey("helper")}`] : []),
    ];
    assert.deepEqual(await new Violations(await server.connect(user)).publishing(forbidden), forbidden, user);
  }
});

test("a bus that an older version made says what to do", async () => {
  await using old = await startServer({ provisioned: false });
  const client = new Client(await Wire.over(await old.connect("operator")));
  await assert.rejects(openPrompts(client), { code: "bus-outdated", hint: /restart thalassa up/ });
});

test("what nobody wrote has no text and revision 0", async () => {
  assert.deepEqual(await readEntry(await operatorsPrompts(), "nobody.SOUL"), { text: undefined, revision: 0 });
});

async function clientAs(user: string): Promise<Client> {
  const account = allRights(KINDS, CLIENTS).find((right) => right.user === user)?.account ?? "CORE";
  return new Client(await Wire.over(await server.connect(user), apiPrefix(account)));
}

async function operatorsPrompts() {
  return await openPrompts(await clientAs("operator"));
}
