import assert from "node:assert/strict";
import { test } from "node:test";
import { layerOf } from "#deploy/layers.ts";
import { type Import, isTest, type SourceFile, sourceFiles } from "./source.ts";

const files = sourceFiles().filter((file) => !isTest(file.path));

/** The pure files every kind has: synchronous, no I/O. */
const PURE = new Set(["state.ts", "decide.ts", "evolve.ts", "sends.ts", "steps.ts"]);

test("every import follows the direction of the layers", () => {
  const wrong = files.flatMap((file) => file.imports.filter((each) => !mayImport(file, each)).map(told(file)));
  assert.deepEqual(wrong, []);
});

test("a pure file of a kind imports nothing but the contract, its own folder, the turn, the policy and types", () => {
  const pure = files.filter(({ path }) => /^actors\/[^/]+\//.test(path) && PURE.has(path.split("/").at(-1) ?? ""));
  const wrong = pure.flatMap((file) =>
    file.imports
      .filter(
        ({ target, typeOnly }) =>
          !typeOnly && !/^(subjects|actors\/(turn|policy))\//.test(target) && roomOf(target) !== roomOf(file.path),
      )
      .map(told(file)),
  );
  assert.deepEqual(wrong, []);
});

test("an import is ./x.ts inside a folder and below it, and #layer/x.ts everywhere else", () => {
  const wrong = sourceFiles().flatMap((file) =>
    file.imports
      .filter(
        ({ specifier, target }) =>
          /^\.\.?\//.test(specifier) &&
          (!target.startsWith(`${folderOf(file.path)}/`) || roomOf(target) !== roomOf(file.path)),
      )
      .map(told(file)),
  );
  assert.deepEqual(wrong, []);
});

test("insiders never import the face of their own folder", () => {
  const wrong = files.flatMap((file) =>
    file.imports.filter(({ target }) => target === `${folderOf(file.path)}/mod.ts`).map(told(file)),
  );
  assert.deepEqual(wrong, []);
});

test("no values are imported in a circle", () => {
  const graph = new Map(
    files.map((file) => [file.path, file.imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target)]),
  );
  assert.deepEqual(
    [...graph.keys()].flatMap((path) => circleFrom(path, graph)),
    [],
  );
});

function mayImport(file: SourceFile, { target, typeOnly }: Import): boolean {
  if (roomOf(target) === roomOf(file.path)) return true;
  const layer = layerOf(file.path);
  const allowed = layer === undefined ? [] : [...layer.ours, ...layer.packages];
  if (typeOnly && target.startsWith("actors/runtime/") && file.path.startsWith("actors/")) return true;
  return allowed.some((prefix) => target.startsWith(prefix));
}

/** `actors/channel`, `bridges/terminal`, `subjects`, `deploy`: what stands or falls together. */
function roomOf(path: string): string {
  const parts = path.split("/");
  return parts.slice(0, parts[0] === "actors" || parts[0] === "bridges" ? 2 : 1).join("/");
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function told(file: SourceFile): (each: Import) => string {
  return ({ specifier }) => `${file.path} imports ${specifier}`;
}

function circleFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const seen = new Set<string>();
  const ahead = [...(graph.get(start) ?? [])];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (next === start) return [`${start} leads back to itself`];
    if (seen.has(next)) continue;
    seen.add(next);
    ahead.push(...(graph.get(next) ?? []));
  }
  return [];
}
