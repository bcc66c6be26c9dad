import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { previewsOn } from "#actors/executor/preview/mod.ts";
import { ask, engine, programInside } from "./inside.ts";

const here = { engine, port: 0 } as const;

test("a set address with a star has each preview under a name of its own", async () => {
  await using previews = previewsOn({ ...here, baseUrl: "https://*.preview.example.org" });
  assert.match((await previews.open("e1", 3_000, 1)).url, /^https:\/\/[0-9a-f]{32}\.preview\.example\.org\/$/);
});

test("a set address without a star leads in by a path, and a browser stays in by a cookie", async () => {
  await using inside = await programInside((request, response) =>
    response.end(`${request.url} ${request.headers.cookie}`),
  );
  await using outer = previewsOn(here);
  const { port } = new URL((await outer.open("e0", 1, 1)).url);
  await using _none = previewsOn({ ...here, baseUrl: `http://127.0.0.1:${port}/` });
  const url = (await outer.open("e1", inside.port, 1)).url.replace(
    /([0-9a-f]{32})\.localhost(:\d+)/,
    "127.0.0.1$2/p/$1",
  );
  const visit = await ask(url, { path: `${new URL(url).pathname}a?b`, headers: { accept: "text/html" } });
  const [cookie = ""] = visit.headers["set-cookie"] ?? [];
  assert.deepEqual([visit.status, visit.headers.location], [302, "/a?b"]);
  assert.match(cookie, /^thalassa-preview=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Lax$/);
  const stayed = await ask(url, { path: "/a?b", headers: { cookie: `own=1; ${cookie.split(";")[0]}` } });
  assert.equal(stayed.body, "/a?b own=1");
  assert.equal((await ask(url, { path: `${new URL(url).pathname}a` })).body, "/a undefined");
});

test("an address that is no address of HTTP is refused", () => {
  assert.throws(() => previewsOn({ engine, baseUrl: "*.preview.example.org" }), /must be like https:/);
  assert.throws(() => previewsOn({ engine, maxPerPreview: 0 }), /must be above zero/);
});

test("a WebSocket talks with the program inside until the preview ends", async () => {
  await using inside = await programInside((_request, response) => response.writeHead(426).end());
  inside.server.on("upgrade", echo);
  await using previews = previewsOn(here);
  const { url } = await previews.open("e1", inside.port, 1);
  const [, token, port] = /([0-9a-f]{32})\.localhost:(\d+)/.exec(url) ?? [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/p/${token}/talk?a`, "mine");
  await once(socket, "open");
  assert.equal(socket.protocol, "mine");
  const [hello] = (await once(socket, "message")) as [MessageEvent];
  assert.equal(hello.data, `/talk?a localhost:${inside.port}`);
  socket.send("there and back");
  const [back] = (await once(socket, "message")) as [MessageEvent];
  assert.equal(back.data, "there and back");
  await previews.close("e1");
  const [closed] = (await once(socket, "close")) as [CloseEvent];
  assert.equal(closed.wasClean, false);
});

test("a WebSocket that the program does not take is answered as the program answers", async () => {
  await using inside = await programInside((_request, response) => response.writeHead(403, { "x-own": "1" }).end("no"));
  await using previews = previewsOn(here);
  const headers = { connection: "Upgrade", upgrade: "websocket" };
  const { url } = await previews.open("e1", inside.port, 1);
  const { status, headers: got, body } = await ask(url, { headers });
  assert.deepEqual([status, got["x-own"], body], [403, "1", "no"]);
  assert.equal((await ask((await previews.open("gone", 1, 1)).url, { headers })).status, 502);
  assert.equal((await ask(url.replace(/[0-9a-f]{32}/, "0".repeat(32)), { headers })).status, 404);
});

/** The least of a WebSocket server: it greets, and sends one short text back. Source: RFC 6455. */
function echo(request: IncomingMessage, socket: import("node:stream").Duplex): void {
  const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  const protocol = `Sec-WebSocket-Protocol: ${request.headers["sec-websocket-protocol"]}`;
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", protocol];
  socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
  socket.write(textFrame(`${request.url} ${request.headers.host}`));
  socket.once("data", (frame: Buffer) => {
    const [mask, masked] = [frame.subarray(2, 6), frame.subarray(6)];
    socket.write(textFrame(`${Buffer.from(masked.map((byte, at) => byte ^ (mask[at % 4] ?? 0)))}`));
  });
  socket.on("error", () => undefined);
}

function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}
