import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { picturesOf } from "#actors/thinking/pictures.ts";
import { think } from "#actors/thinking/think.ts";
import type { Line, Window } from "#actors/turn/mod.ts";
import type { Call, Models } from "#models/mod.ts";
import type { ArtifactReader } from "#runtime/mod.ts";
import type { SentFile } from "#subjects/turn.ts";
import { memoryArtifacts } from "#support/memory-artifacts.ts";

const ADDRESS = "main.channel.telegram-4711";
const file = (name: string, type = "image/png"): SentFile => ({
  artifact: `main.telegram.4711/${name}`,
  name,
  type,
  bytes: 3,
});
const windowOf = (...files: SentFile[]): Window => {
  const line: Line = { role: "user", seq: 1, at: 0, text: "look", who: { party: "telegram", id: "4711" }, files };
  return { lines: [line], open: 1, before: 0, heard: 1, said: 0 };
};
const { signal } = new AbortController();

async function storeOf(...files: SentFile[]): Promise<ArtifactReader> {
  const store = memoryArtifacts();
  for (const { artifact, name } of files) await store.put(artifact, Buffer.from(name));
  return store;
}

test("pictures are fetched; what is gone, and what is none, is only named", async () => {
  const [cat, gone, song] = [file("cat.png"), file("gone.png"), file("song.ogg", "audio/ogg")];
  const pictures = await picturesOf(windowOf(cat, gone, song), await storeOf(cat, song), signal);
  const base64 = Buffer.from("cat.png").toString("base64");
  assert.deepEqual([...pictures], [[cat.artifact, { type: "image", mediaType: "image/png", base64 }]]);
});

test("what is damaged, or larger than was said, is only named", async () => {
  const [torn, large, cat] = [file("torn.png"), file("large.png"), file("cat.png")];
  const store = await storeOf(cat);
  const open: Readable[] = [];
  const info = (name: string, bytes: number) => ({ name, bytes, sum: "", description: "", at: 0 });
  const artifacts: ArtifactReader = {
    async get(name) {
      if (name === cat.artifact) return await store.get(name);
      const content = Readable.from(
        (function* () {
          yield Buffer.from("a");
          throw new Error("damaged");
        })(),
        { objectMode: false },
      );
      open.push(content);
      return { info: info(name, name === large.artifact ? 50_000_000 : 2), content };
    },
  };
  const pictures = await picturesOf(windowOf(torn, large, cat), artifacts, signal);
  assert.deepEqual([...pictures.keys()], [cat.artifact]);
  assert.ok(
    open.every(({ destroyed }) => destroyed),
    "something is still being read",
  );
});

test("a call that is not wanted any more fetches nothing on", async () => {
  const cat = file("cat.png");
  const controller = new AbortController();
  const artifacts: ArtifactReader = {
    async get() {
      controller.abort();
      throw new Error("closed");
    },
  };
  await assert.rejects(picturesOf(windowOf(cat), artifacts, controller.signal), { name: "AbortError" });
});

test("a model that sees is shown what was sent, and for one that does not nothing is fetched", async () => {
  const cat = file("cat.png");
  const store = await storeOf(cat);
  const base64 = Buffer.from("cat.png").toString("base64");
  const picture = { type: "image", mediaType: "image/png", base64 } as const;
  assert.deepEqual(await seenBy(true, store), { type: "file", file: cat, picture });
  const nothing: ArtifactReader = { get: () => assert.fail("something was fetched") };
  assert.deepEqual(await seenBy(false, nothing), { type: "file", file: cat });
  assert.deepEqual(await seenBy(true), { type: "file", file: cat }, "whoever may not read artifacts names them");

  async function seenBy(sees: boolean, artifacts?: ArtifactReader): Promise<unknown> {
    const calls: Call[] = [];
    const question = { kind: "channel", window: windowOf(cat), tools: [], notes: [] };
    const asking = {
      address: ADDRESS,
      signal,
      spenders: [],
      ...(artifacts === undefined ? {} : { artifacts }),
    } as const;
    await think(question, asking, { models: modelsInto(calls, sees) }, () => {});
    return calls[0]?.messages[0]?.role === "user" ? calls[0].messages[0].content[1] : undefined;
  }
});

function modelsInto(calls: Call[], sees: boolean): Models {
  return {
    async think(call) {
      calls.push(call);
      const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
      return { content: [{ type: "text", text: "A cat." }], stop: "end", usage, model: "fake/one" };
    },
    contextTokens: () => 100_000,
    isFree: () => false,
    sees: () => sees,
  };
}
