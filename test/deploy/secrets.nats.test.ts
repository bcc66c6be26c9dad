import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { newToken } from "#bridges/http/token.ts";
import { connectAs } from "#deploy/access.ts";
import { checkSecrets } from "#deploy/checks/secrets.ts";
import { takeFileLock } from "#deploy/file-lock.ts";
import { openHome } from "#deploy/home.ts";
import { handSecrets } from "#deploy/secrets/handed.ts";
import type { KeyPlace } from "#deploy/secrets/master-key.ts";
import { rotateMasterKey, rotateWhenOld } from "#deploy/secrets/rotate.ts";
import { OVERDUE_MS, shownSecrets } from "#deploy/secrets/shown.ts";
import { openVault, removeSecret, setSecret } from "#deploy/secrets/vault.ts";
import { putToken, revokeToken } from "#deploy/tokens.ts";
import type { Client } from "#runtime/mod.ts";
import { KINDS, OPERATOR } from "#subjects/mod.ts";
import { startServer, type TestServer } from "#support/server.ts";

let server: TestServer;
let client: Client;
let root: string;
const homes: string[] = [];

before(async () => {
  server = await startServer();
  client = await connectAs(OPERATOR, server);
});
after(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => {
  root = newHome();
});
afterEach(async () => {
  const { entries } = (await openVault(client, { root: newHome(), env: {} })).stored;
  for (const name of entries.keys()) await removeSecret(client, name);
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

const here = (env: Readonly<Record<string, string>> = {}, home = root): KeyPlace => ({ root: home, env });
const newKey = (): string => randomBytes(32).toString("base64");

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "thalassa-secrets-"));
  homes.push(home);
  openHome({ THALASSA_HOME: home });
  return home;
}

async function opened(place: KeyPlace): Promise<Readonly<Record<string, string>>> {
  const { secrets } = await openVault(client, place);
  return Object.fromEntries(secrets.map((each) => [each.name, each.type === "open" ? each.value : each.problem.code]));
}

async function raw(name: string): Promise<string> {
  const found = await client.wire.jsm.streams.getMessage("KV_SECRETS", { last_by_subj: `$KV.SECRETS.secret.${name}` });
  return found?.string() ?? assert.fail(`${name} is not there`);
}

const put = (name: string, body: string) => client.wire.js.publish(`$KV.SECRETS.secret.${name}`, body);

test("a secret is sealed under a key that is its owner's alone, and comes out as it went in", async () => {
  const value = "sk-test ☃\nwith a second line";
  await setSecret(client, here(), "OPENAI_API_KEY", value);
  assert.deepEqual(await opened(here()), { OPENAI_API_KEY: value });
  assert.equal(statSync(join(root, "secrets.key")).mode & 0o777, 0o600);
  const first = await raw("OPENAI_API_KEY");
  assert.doesNotMatch(first, /sk-test/);
  await setSecret(client, here(), "OPENAI_API_KEY", value);
  assert.notEqual(JSON.parse(await raw("OPENAI_API_KEY")).nonce, JSON.parse(first).nonce);
});

test("an entry that was changed, or put under another name, does not open", async () => {
  await setSecret(client, here(), "ONE_API_KEY", "the value of one");
  await setSecret(client, here(), "TWO_API_KEY", "the value of two");
  await put("ONE_API_KEY", await raw("TWO_API_KEY"));
  await put("HALF_API_KEY", "{");
  assert.deepEqual(await opened(here()), {
    HALF_API_KEY: "secret-garbled",
    ONE_API_KEY: "secret-garbled",
    TWO_API_KEY: "the value of two",
  });
  await assert.rejects(rotateMasterKey(client, here(), 0), { code: "secret-garbled", hint: /thalassa secret rm/ });
  const hint = told(await checkSecrets(client, { root }, {}));
  assert.match(hint, /^bad: the secret HALF_API_KEY on the bus is garbled/m);
  assert.match(hint, /^good: 1 of 3 open; master key/m);
});

test("names and values that cannot be are refused, without telling the value", async () => {
  await assert.rejects(setSecret(client, here(), "A B", "the value"), { code: "secret-misnamed" });
  await assert.rejects(setSecret(client, here(), "=master", "the value"), { code: "secret-misnamed" });
  await assert.rejects(setSecret(client, here(), "A", ""), { code: "secret-invalid" });
  await assert.rejects(setSecret(client, here(), "A", "the\0value"), (error: Error) => {
    assert.doesNotMatch(error.message, /value has .*the/);
    return true;
  });
  await assert.rejects(removeSecret(client, "NOBODY"), { code: "secret-missing" });
});

test("a home with another master key, or none, is told so and seals nothing that others cannot open", async () => {
  await setSecret(client, here(), "A_API_KEY", "the value of a");
  const other = newHome();
  assert.deepEqual(await opened(here({}, other)), { A_API_KEY: "secret-key-missing" });
  await assert.rejects(setSecret(client, here({}, other), "B", "another"), { code: "secret-key-missing" });
  assert.equal(existsSync(join(other, "secrets.key")), false);
  const foreign = here({ THALASSA_SECRETS_KEY: newKey() }, other);
  assert.deepEqual(await opened(foreign), { A_API_KEY: "secret-key-unknown" });
  await assert.rejects(setSecret(client, foreign, "B", "another"), {
    code: "secret-key-unknown",
    hint: /copy .*secrets\.key/,
  });
  assert.match(told(await checkSecrets(client, { root: other }, {})), /^bad: .* no master key/m);
  cpSync(join(root, "secrets.key"), join(other, "secrets.key"));
  await setSecret(client, here({}, other), "B_API_KEY", "the value of b");
  assert.deepEqual(await opened(here()), { A_API_KEY: "the value of a", B_API_KEY: "the value of b" });
});

test("a key file that holds no key is refused, and one that others may read is narrowed and told", async () => {
  await setSecret(client, here(), "A_API_KEY", "the value of a");
  const file = join(root, "secrets.key");
  chmodSync(file, 0o644);
  assert.match(told(await checkSecrets(client, { root }, {})), /^warn: .*was open to others \(mode 644\)/m);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, "hello\n");
  await assert.rejects(openVault(client, here()), { code: "secret-key-garbled" });
  await assert.rejects(openVault(client, here({ THALASSA_SECRETS_KEY: "x" })), { code: "secret-key-garbled" });
  rmSync(file);
  const blocked = join(root, "secrets.key");
  cpSync(resolve("docs"), blocked, { recursive: true });
  await assert.rejects(openVault(client, here()), { code: "secret-key-unreadable" });
});

test("a rotation seals everything anew, under a key that takes the old one's place", async () => {
  await setSecret(client, here(), "A_API_KEY", "the value of a");
  const setAt = JSON.parse(await raw("A_API_KEY")).setAt;
  const before = readFileSync(join(root, "secrets.key"), "utf8");
  const { keyId, resealed, resumed } = await rotateMasterKey(client, here(), 0);
  assert.deepEqual({ resealed, resumed }, { resealed: 1, resumed: false });
  assert.notEqual(readFileSync(join(root, "secrets.key"), "utf8"), before);
  assert.equal(existsSync(join(root, "secrets.key.next")), false);
  const sealed = JSON.parse(await raw("A_API_KEY"));
  assert.deepEqual([sealed.key, sealed.setAt], [keyId, setAt]);
  assert.deepEqual(await opened(here()), { A_API_KEY: "the value of a" });
  using held = takeFileLock(join(root, "secrets.lock"));
  assert.ok(held);
  await assert.rejects(rotateMasterKey(client, here(), 0), { code: "secret-rotating" });
});

test("a master key that lies in the home is rotated once it is old enough, and one that is given never", async () => {
  const young = 1;
  const old = 1e-9;
  assert.equal(await rotateWhenOld(client, here(), old, 0), undefined, "nothing was ever sealed");
  await setSecret(client, here(), "OPENAI_API_KEY", "sk-one");
  assert.equal(await rotateWhenOld(client, here(), young, 0), undefined);
  assert.equal(await rotateWhenOld(client, here(), 0, 0), undefined);
  assert.equal((await rotateWhenOld(client, here(), old, 0))?.resealed, 1);
  assert.deepEqual(await opened(here()), { OPENAI_API_KEY: "sk-one" });
  const given = here({ THALASSA_SECRETS_KEY: readFileSync(join(root, "secrets.key"), "utf8").trim() });
  assert.equal(await rotateWhenOld(client, given, old, 0), undefined);
});

test("a key that the environment gives is rotated there, and wins over the home's", async () => {
  const [first, second] = [newKey(), newKey()];
  await setSecret(client, here({ THALASSA_SECRETS_KEY: first }), "A_API_KEY", "the value of a");
  assert.equal(existsSync(join(root, "secrets.key")), false);
  await assert.rejects(rotateMasterKey(client, here({ THALASSA_SECRETS_KEY: first }), 0), {
    code: "secret-key-given",
    hint: /THALASSA_SECRETS_KEY_OLD/,
  });
  const both = here({ THALASSA_SECRETS_KEY: second, THALASSA_SECRETS_KEY_OLD: first });
  assert.deepEqual(await opened(both), { A_API_KEY: "the value of a" });
  assert.equal((await rotateMasterKey(client, both, 0)).resealed, 1);
  assert.deepEqual(await opened(here({ THALASSA_SECRETS_KEY: second })), { A_API_KEY: "the value of a" });
  assert.deepEqual(await opened(here({ THALASSA_SECRETS_KEY: first })), { A_API_KEY: "secret-key-unknown" });
  await rotateMasterKey(client, here({ THALASSA_SECRETS_KEY_OLD: second }), 0);
  assert.deepEqual(await opened(here()), { A_API_KEY: "the value of a" });
});

test("secrets that are set while the master key is rotated again and again all open afterwards", async () => {
  await setSecret(client, here(), "S0", "value 0");
  const rotating = (async () => {
    for (let nth = 0; nth < 8; nth++) await rotateMasterKey(client, here(), 0);
  })();
  const names = Array.from({ length: 12 }, (_, index) => `S${index + 1}`);
  for (const name of names) await setSecret(client, here(), name, `value of ${name}`);
  await rotating;
  const values = Object.entries(await opened(here()));
  assert.equal(values.length, 13);
  for (const [name, value] of values) if (name !== "S0") assert.equal(value, `value of ${name}`);
});

test("a rotation that is killed between any two of its writes loses nothing, and the next one ends it", async () => {
  const values = Object.fromEntries([1, 2, 3, 4].map((nth) => [`K${nth}`, `the value of ${nth}`]));
  for (const [name, value] of Object.entries(values)) await setSecret(client, here(), name, value);
  // The next key, who seals from now on, four secrets, and the old key's end.
  const writes = 7;
  for (let killAt = 1; killAt <= writes + 1; killAt++) {
    const { signal, stderr } = rotateInProcess(killAt);
    assert.equal(signal, killAt > writes ? null : "SIGKILL", stderr);
    if (signal === null) assert.match(stderr, new RegExp(`writes: ${writes}$`, "m"));
    assert.deepEqual(await opened(here()), values, `killed before write ${killAt}`);
    await setSecret(client, here(), "K1", values.K1 ?? "");
    const { resumed } = await rotateMasterKey(client, here(), 0);
    assert.equal(resumed, signal !== null && killAt > 1, `killed before write ${killAt}`);
    assert.deepEqual(await opened(here()), values, `ended after a kill before write ${killAt}`);
    assert.equal(existsSync(join(root, "secrets.key.next")), false);
  }
});

test("doctor tells of a rotation that was cut off, and of what is too old", async () => {
  await setSecret(client, here(), "A_API_KEY", "the value of a");
  rotateInProcess(3);
  assert.match(told(await checkSecrets(client, { root }, {})), /^warn: a rotation of the master key was cut off/m);
  await rotateMasterKey(client, here(), 0);
  const old = Date.now() - OVERDUE_MS - 1_000;
  await put("=master", JSON.stringify({ ...JSON.parse(await raw("=master")), since: old }));
  await put("A_API_KEY", JSON.stringify({ ...JSON.parse(await raw("A_API_KEY")), setAt: old }));
  const token = { name: "ci", role: "user", createdAt: old } as const;
  await putToken(client, newToken(), token);
  const found = told(await checkSecrets(client, { root }, {}));
  await revokeToken(client, "ci");
  assert.match(found, /^warn: the token ci for HTTP was made 90 d 0 h ago$/m);
  assert.match(found, /^warn: the master key is 90 d 0 h old$/m);
  assert.match(found, /^warn: A_API_KEY was set 90 d 0 h ago$/m);
  assert.equal(shownSecrets((await openVault(client, here())).secrets, {})[0]?.overdue, true);
});

test("processes are handed what they need: the environment's first, and nothing that does not open", async () => {
  await setSecret(client, here(), "OPENAI_API_KEY", "from the bus");
  await setSecret(client, here(), "ANTHROPIC_API_KEY", "from the bus as well");
  await setSecret(client, here(), "SOMETHING", "that nobody asks for");
  const env = { OPENAI_API_KEY: "from the environment", OTHER_TOKEN: "which no kind needs" };
  const handing = await handSecrets(["channel"], client, here(env));
  assert.deepEqual(handing.variablesOf("channel"), {
    OPENAI_API_KEY: "from the environment",
    ANTHROPIC_API_KEY: "from the bus as well",
  });
  assert.deepEqual(handing.variablesOf("http"), {});
  assert.deepEqual(handing.problems, []);
  await put("ANTHROPIC_API_KEY", "{}");
  const broken = await handSecrets(["channel"], client, here(env));
  assert.deepEqual(Object.keys(broken.variablesOf("channel")), ["OPENAI_API_KEY"]);
  assert.deepEqual(
    broken.problems.map(({ code }) => code),
    ["secret-garbled"],
  );
  await put("OPENAI_API_KEY", "{}");
  const hidden = await handSecrets(["channel"], client, here({ ...env, ANTHROPIC_API_KEY: "mine" }));
  assert.deepEqual(hidden.problems, [], "what the environment has is not even opened");
});

test("the token of the bot is handed to processes of telegram alone, and no key of a model is", async () => {
  await setSecret(client, here(), "TELEGRAM_BOT_TOKEN", "4711:from-the-bus");
  await setSecret(client, here(), "OPENAI_API_KEY", "from the bus");
  const all = KINDS.map(({ kind }) => kind);
  const handing = await handSecrets(all, client, here());
  assert.deepEqual(handing.variablesOf("telegram"), { TELEGRAM_BOT_TOKEN: "4711:from-the-bus" });
  for (const user of [...all.filter((kind) => kind !== "telegram"), "http", "terminal"])
    assert.equal(handing.variablesOf(user).TELEGRAM_BOT_TOKEN, undefined, user);
  assert.ok(handing.values.includes("4711:from-the-bus"), "it is told to nobody");
  const own = await handSecrets(all, client, here({ TELEGRAM_BOT_TOKEN: "4711:from-the-environment" }));
  assert.deepEqual(own.variablesOf("telegram"), { TELEGRAM_BOT_TOKEN: "4711:from-the-environment" });
  const shown = shownSecrets([], { TELEGRAM_BOT_TOKEN: "4711:from-the-environment" });
  assert.deepEqual(
    shown.map(({ name, kinds }) => ({ name, kinds })),
    [{ name: "TELEGRAM_BOT_TOKEN", kinds: ["telegram"] }],
  );
});

test("nobody but the operator may read a sealed secret", async () => {
  await setSecret(client, here(), "A_API_KEY", "the value of a");
  for (const user of ["terminal", "http", "tap", "channel"]) {
    const connection = await server.connect(user);
    const prefix = ["terminal", "http", "tap"].includes(user) ? "core" : "$JS.API";
    const asked = connection.request(`${prefix}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.secret.A_API_KEY`, "", {
      timeout: 300,
    });
    await assert.rejects(asked, user);
  }
});

function rotateInProcess(killAt: number): { readonly signal: NodeJS.Signals | null; readonly stderr: string } {
  const preload = resolve("test/deploy/kill-at-write.ts");
  const args = ["--import", preload, resolve("deploy/main.ts"), "secret", "rotate"];
  const { signal, stderr } = spawnSync(process.execPath, args, {
    env: {
      ...{ PATH: process.env.PATH, HOME: root, THALASSA_HOME: root, KILL_AT: `${killAt}` },
      ...{ THALASSA_NATS_URL: server.url, THALASSA_KEYS: server.keysDir },
    },
    encoding: "utf8",
  });
  return { signal, stderr };
}

function told(findings: readonly { readonly level: string; readonly message: string }[]): string {
  return findings.map(({ level, message }) => `${level}: ${message}`).join("\n");
}
