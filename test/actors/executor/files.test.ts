import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { z } from "zod";
import { doFile } from "#actors/executor/files.ts";
import { getFile, putFile } from "#actors/executor/transfer.ts";
import { ORDERS, type OrderResult } from "#subjects/order.ts";
import { MemoryEngine } from "./memory-engine.ts";

type Deed = z.input<typeof ORDERS.file>["does"];

const ENV = "main-files";
const SIGNAL = AbortSignal.timeout(120_000);

/** A workspace with files in it. */
class Bed implements Disposable {
  readonly engine = new MemoryEngine();
  readonly artifacts = new Map<string, Buffer>();
  #orders = 0;

  async up(files: Readonly<Record<string, string | Buffer>> = {}): Promise<this> {
    await this.engine.up({ env: ENV }, SIGNAL);
    for (const [path, body] of Object.entries(files)) {
      mkdirSync(dirname(this.path(path)), { recursive: true });
      writeFileSync(this.path(path), body);
    }
    return this;
  }

  path(path: string): string {
    return join(this.engine.workspace(ENV), path);
  }

  text(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  do(does: Deed, order = `o${this.#orders++}`): Promise<OrderResult> {
    return doFile(this.engine, ORDERS.file.parse({ env: ENV, order, does }), SIGNAL);
  }

  /** What a deed shows. */
  async shown(does: Deed): Promise<string> {
    const result = await this.do(does);
    assert.equal(result.type, "file", JSON.stringify(result));
    return result.type === "file" ? result.text : "";
  }

  /** With which code a deed fails. */
  async code(does: Deed): Promise<string> {
    const result = await this.do(does);
    assert.equal(result.type, "failed", JSON.stringify(result));
    return result.type === "failed" ? result.code : "";
  }

  get tools() {
    return {
      address: "main.executor.here" as const,
      signal: SIGNAL,
      artifacts: {
        get: async (name: string) => {
          const body = this.artifacts.get(name);
          const info = { name, bytes: body?.length ?? 0, sum: "s", description: "", at: 0 };
          return body && { info, content: Readable.from([body]) };
        },
        put: async (name: string, content: Readable | Uint8Array) => {
          this.artifacts.set(name, content as Buffer);
          return { name, bytes: (content as Buffer).length, sum: "s" };
        },
      },
    };
  }

  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]();
  }
}

test("a file is read whole, or some lines of it with where it goes on", async () => {
  using bed = await new Bed().up({ "a/b c.txt": "one\ntwo\nthree", empty: "" });
  assert.equal(await bed.shown({ type: "read", path: "a/b c.txt" }), "one\ntwo\nthree");
  assert.equal(
    await bed.shown({ type: "read", path: "/workspace/a/../a/b c.txt", from: 2 }),
    "two\nthree\n[lines 2 to 3 of 3]",
  );
  const some = await bed.shown({ type: "read", path: "a/b c.txt", from: 1, lines: 2 });
  assert.equal(some, "one\ntwo\n[lines 1 to 2 of 3; read on from 3]");
  assert.equal(await bed.shown({ type: "read", path: "empty" }), "");
  assert.match(await bed.shown({ type: "read", path: "a/b c.txt", from: 9 }), /there is no line 9/);
});

test("a long file is read in parts that add up to it", async () => {
  const body = Array.from({ length: 9_000 }, (_, at) => `line ${at} é\n`).join("");
  using bed = await new Bed().up({ long: body });
  let read = "";
  for (let from = 1, most = 0; most < 20; most++) {
    const part = await bed.shown({ type: "read", path: "long", from });
    const [note = "", next] = /\[lines .*?(?:read on from (\d+))?\]$/.exec(part) ?? [];
    read += part.slice(0, part.length - note.length);
    if (next === undefined) break;
    from = Number(next);
  }
  assert.equal(read, body);
});

test("nothing outside of the workspace is read or written, by whatever way", async () => {
  using bed = await new Bed().up({ "in.txt": "in" });
  symlinkSync("/etc", bed.path("etc"));
  symlinkSync("/etc/passwd", bed.path("passwd"));
  symlinkSync("/nowhere/at/all", bed.path("dangling"));
  symlinkSync("..", bed.path("up"));
  const paths = [
    "../x",
    "/etc/passwd",
    "etc/passwd",
    "passwd",
    "up/x",
    "etc/new/x",
    "/workspace/../etc/x",
    "/workspacex/a",
  ];
  for (const path of paths) {
    assert.equal(await bed.code({ type: "read", path }), "outside", path);
    assert.equal(await bed.code({ type: "write", path, text: "x" }), "outside", path);
    assert.equal(await bed.code({ type: "edit", path, old: "r", new: "x" }), "outside", path);
    assert.equal(await bed.code({ type: "list", path }), "outside", path);
    assert.equal(await bed.code({ type: "search", path, text: "x" }), "outside", path);
  }
  assert.ok(["outside", "absent"].includes(await bed.code({ type: "write", path: "dangling", text: "x" })));
  assert.equal(await bed.code({ type: "read", path: "a\0b" }), "unreadable");
});

test("a link within the workspace leads where it leads", async () => {
  using bed = await new Bed().up({ "real/file": "old" });
  symlinkSync("real", bed.path("folder"));
  symlinkSync("real/file", bed.path("link"));
  await bed.shown({ type: "write", path: "link", text: "new" });
  await bed.shown({ type: "write", path: "folder/more/deep", text: "deep" });
  assert.deepEqual([bed.text("real/file"), bed.text("real/more/deep")], ["new", "deep"]);
  assert.equal(await bed.shown({ type: "read", path: "link" }), "new");
});

test("what is no plain text is told, not shown", async () => {
  using bed = await new Bed().up({
    zero: Buffer.from([1, 0, 2]),
    latin: Buffer.from([0x61, 0xe9, 0x62, 0x62, 0x62, 0x62]),
  });
  assert.equal(await bed.code({ type: "read", path: "zero" }), "not-plain");
  assert.equal(await bed.code({ type: "read", path: "latin" }), "not-plain");
  assert.equal(await bed.code({ type: "edit", path: "latin", old: "a", new: "b" }), "not-plain");
  assert.equal(await bed.code({ type: "read", path: "." }), "not-plain");
  assert.equal(await bed.code({ type: "read", path: "no" }), "absent");
  assert.equal(await bed.code({ type: "list", path: "zero" }), "not-plain");
  assert.equal(await bed.code({ type: "write", path: "zero/x", text: "x" }), "unusable");
});

test("a file is written whole, with its folders, and stays a program", async () => {
  using bed = await new Bed().up({ run: "#!/bin/sh\n" });
  chmodSync(bed.path("run"), 0o755);
  assert.equal(
    await bed.shown({ type: "write", path: "new/deep/é.txt", text: "é\n" }),
    "Wrote 3 bytes to new/deep/é.txt.",
  );
  await bed.shown({ type: "write", path: "run", text: "#!/bin/sh\nexit 1\n" });
  assert.equal(bed.text("new/deep/é.txt"), "é\n");
  assert.equal(statSync(bed.path("run")).mode & 0o111, 0o111);
  assert.deepEqual(readdirSync(bed.path(".")).sort(), ["new", "run"]);
});

test("an edit takes an exact match, and one alone unless all are meant", async () => {
  using bed = await new Bed().up({ f: "a.b\na.b\n$& c" });
  assert.equal(await bed.code({ type: "edit", path: "f", old: "axb", new: "z" }), "absent");
  const several = await bed.do({ type: "edit", path: "f", old: "a.b", new: "z" });
  assert.equal(several.type === "failed" && several.code, "several");
  assert.match(several.type === "failed" ? several.text : "", /2 times/);
  await bed.shown({ type: "edit", path: "f", old: "$& c", new: "$1 $& d" });
  assert.equal(bed.text("f"), "a.b\na.b\n$1 $& d");
  assert.equal(await bed.shown({ type: "edit", path: "f", old: "a.b", new: "", all: true }), "Changed 2 places in f.");
  assert.equal(bed.text("f"), "\n\n$1 $& d");
});

test("an edit that was made is not made once more by the same order", async () => {
  using bed = await new Bed().up({ f: "x" });
  const does: Deed = { type: "edit", path: "f", old: "x", new: "xx", all: true };
  const first = await bed.do(does, "same");
  assert.deepEqual(await bed.do(does, "same"), first);
  assert.equal(bed.text("f"), "xx");
  await bed.do(does, "another");
  assert.equal(bed.text("f"), "xxxx");
});

test("folders are listed and searched, but for what others keep there", async () => {
  const files = {
    "a/b/c/d": "needle",
    "a/x": "a needle\nhay\nneedle 2",
    ".git/config": "needle",
    "node_modules/m/i": "needle",
  };
  using bed = await new Bed().up({ ...files, bin: Buffer.from("needle\0") });
  assert.equal(
    await bed.shown({ type: "list", path: "." }),
    [".git/", "a/", "a/b/", "a/x", "bin", "node_modules/"].join("\n"),
  );
  assert.equal(await bed.shown({ type: "list", path: "a", depth: 5 }), ["b/", "b/c/", "b/c/d", "x"].join("\n"));
  const found = (await bed.shown({ type: "search", path: ".", text: "needle" })).split("\n").sort();
  assert.deepEqual(found, ["a/b/c/d:1:needle", "a/x:1:a needle", "a/x:3:needle 2"]);
  assert.equal(await bed.shown({ type: "search", path: "a", text: "-e .*" }), "[no line has that text]");
  assert.equal(await bed.code({ type: "search", path: ".", text: "a\nb" }), "unreadable");
});

test("a file goes to the artifacts and comes back byte by byte", async () => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 256));
  using bed = await new Bed().up({ "a b.bin": body });
  const got = await getFile(bed.engine, { env: ENV, order: "g", path: "a b.bin" }, bed.tools);
  const name = got.type === "artifact" ? got.artifact.name : "";
  assert.match(name, /^main\.executor\.here\/main-files\/[0-9a-f]{32}\/a b\.bin$/);
  const put = await putFile(bed.engine, { env: ENV, order: "p", path: "to/here", artifact: name }, bed.tools);
  assert.deepEqual(put, { type: "done", text: "Wrote 300,000 bytes to to/here." });
  assert.ok(readFileSync(bed.path("to/here")).equals(body));
  const none = await putFile(bed.engine, { env: ENV, order: "q", path: "x", artifact: "no" }, bed.tools);
  assert.equal(none.type === "failed" && none.code, "no-artifact");
  const outside = await getFile(bed.engine, { env: ENV, order: "r", path: "/etc/passwd" }, bed.tools);
  assert.equal(outside.type === "failed" && outside.code, "outside");
});
