import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { DESCRIBED, openApiDocument } from "#bridges/http/openapi.ts";
import { PROBLEMS } from "#bridges/http/problem.ts";
import { DescribedApp } from "./described-app.ts";

test("the API describes itself as OpenAPI has it", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(openApiDocument())));
  assert.deepEqual([valid, errors], [true, undefined]);
  assert.equal(validator.version, "3.1");
});

test("the API that is served is the one in docs", async () => {
  const app = new DescribedApp();
  const { body } = await app.ask("/openapi.json");
  assert.deepEqual(body, JSON.parse(readFileSync("docs/openapi.json", "utf8")));
  assert.deepEqual(Object.keys(body.paths as object), [...new Set(DESCRIBED.map(({ path }) => path))]);
});

test("the README names every problem with its status", () => {
  const readme = readFileSync("bridges/http/README.md", "utf8");
  for (const [code, [status]] of Object.entries(PROBLEMS)) {
    assert.match(readme, new RegExp(`\\| ${status} \\| \`${code}\``), code);
  }
});
