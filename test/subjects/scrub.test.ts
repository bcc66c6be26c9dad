import assert from "node:assert/strict";
import { test } from "node:test";
import { createUser } from "@nats-io/nkeys";
import fc from "fast-check";
import { newToken } from "#bridges/http/token.ts";
import { HIDDEN, isSecretVariable, scrubberOf, secretValues } from "#subjects/scrub.ts";

const scrub = scrubberOf([]);

/** Put together here, so that no scanner takes this file for a leak. */
const SHAPED: Readonly<Record<string, string>> = {
  openai: `sk-${"proj-"}${"aB3_".repeat(8)}`,
  anthropic: `sk-ant-api03-${"xY9-".repeat(10)}`,
  github: `ghp_${"a1B2".repeat(9)}`,
  "github, fine-grained": `github_pat_${"a1B2".repeat(9)}`,
  aws: `AKIA${"ABCD1234".repeat(2)}`,
  google: `AIza${"a1B2c".repeat(7)}`,
  slack: `xoxb-${"1234567890"}-abcdefGHIJ`,
  telegram: `123456789:${"aB3_x".repeat(7)}`,
  "a token of ours": newToken(),
  "a seed of an nkey": new TextDecoder().decode(createUser().getSeed()),
  "a JWT": `eyJ${"hbGciOiJI"}.eyJ${"zdWIiOiIx"}.${"c2lnbmF0dXJl"}`,
  "a private key": `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0=\n-----END ${"PRIVATE"} KEY-----`,
};

test("what has the shape of a key is hidden, and the words around it are not", () => {
  for (const [whose, key] of Object.entries(SHAPED)) {
    assert.equal(scrub(`the key of ada (${key}), she said`), `the key of ada (${HIDDEN}), she said`, whose);
  }
  assert.equal(scrub(`https://x.test/bot${SHAPED.telegram}/send`), `https://x.test/bot${HIDDEN}/send`);
});

test("a key is hidden by where it stands: in headers, addresses and their questions", () => {
  const key = "0d9f8a7b6c5d4e3f";
  const said = [
    `Authorization: Bearer ${key}`,
    `authorization: Basic ${key}==`,
    `{"x-api-key":"${key}"}`,
    JSON.stringify(JSON.stringify({ "x-api-key": key, Cookie: key })),
    `api_key=${key}`,
    `postgres://ada:${key}@db.test/x`,
    `GET https://x.test/v1?key=${key}&alt=sse`,
  ];
  for (const text of said) assert.equal(scrub(text).includes(key), false, text);
  assert.equal(scrub(`GET https://x.test/v1?key=${key}&alt=sse`), `GET https://x.test/v1?key=${HIDDEN}&alt=sse`);
});

test("words, ids and addresses of ours stay", () => {
  const said = [
    "the bearer of bad news has basic responsibilities",
    "log of main.channel.tg-42 moved past seq 17; drop this activation",
    "nats://127.0.0.1:4222 and https://x.test/a?b=c",
    "mask-1234567890123456789 of the task-runner",
    "3fb2c1de-4f7a-4d0e-9d3e-2f1b7c6a5e4d 0123456789abcdef0123456789abcdef",
    "12:30:45 there are 1234567890 of them",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  ];
  for (const text of said) assert.equal(scrub(text), text);
});

test("a known value is hidden whatever it looks like, also in JSON and in an address", () => {
  const value = 'open "sesame"\n/ä';
  const hide = scrubberOf([value, 'open "sesa']);
  for (const text of [value, JSON.stringify({ said: value }), `https://x.test/${encodeURIComponent(value)}`]) {
    const left = hide(`before ${text} after`);
    assert.match(left, /^before .*after$/);
    assert.doesNotMatch(left, /sesa/);
  }
  assert.equal(scrubberOf(["short"])("short words stay"), "short words stay");
});

test("a line of JSON stays one, whatever is hidden in it", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(...Object.values(SHAPED), "Authorization: ", "?key=", "://a:"));
  const texts = fc.array(text, { maxLength: 6 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.dictionary(texts, texts), texts, (fields, known) => {
      const hide = scrubberOf([known]);
      assert.doesNotThrow(() => JSON.parse(hide(JSON.stringify(fields))));
    }),
  );
});

test("variables are known for secret by their names", () => {
  const env = {
    ...{ OPENAI_API_KEY: "a-model-key", GITHUB_TOKEN: "a-github-token", THALASSA_SECRETS_KEY_OLD: "the-old-master" },
    ...{ THALASSA_KEY: "/home/ada/keys/channel.nk", PATH: "/usr/bin:/bin", KEYBOARD: "qwertzuiop", MY_KEY: "short" },
  };
  assert.deepEqual(secretValues(env), ["a-model-key", "a-github-token", "the-old-master"]);
  assert.equal(isSecretVariable("THALASSA_SECRETS_KEY"), true);
});
