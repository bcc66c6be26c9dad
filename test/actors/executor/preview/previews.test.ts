import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { PreviewError, type Previews, previewsOn } from "#actors/executor/preview/mod.ts";
import { eventually } from "#support/eventually.ts";
import { ask, begin, engine, programInside } from "./inside.ts";

const here = { engine, port: 0 } as const;

test("a preview shows what the program inside answers, under an address that nobody can guess", async () => {
  await using inside = await programInside((request, response) => response.end(`${request.method} ${request.url}`));
  await using previews = previewsOn(here);
  const one = await previews.open("e1", inside.port, 5);
  const two = await previews.open("e2", inside.port, 5);
  assert.match(one.url, /^http:\/\/[0-9a-f]{32}\.localhost:\d+\/$/);
  assert.notEqual(one.url, two.url);
  assert.equal((await ask(one.url, { path: "/a/b?c=d" })).body, "GET /a/b?c=d");
  assert.equal((await ask(one.url, { method: "DELETE" })).body, "DELETE /");
});

test("a port that is open already keeps its address and gets more time", async () => {
  await using previews = previewsOn(here);
  const first = await previews.open("e1", 3_000, 1);
  const again = await previews.open("e1", 3_000, 60);
  assert.equal(again.url, first.url);
  assert.ok(again.until > first.until);
  assert.equal((await previews.open("e1", 3_000, 1)).until, again.until);
  assert.notEqual((await previews.open("e1", 3_001, 1)).url, first.url);
});

test("an address that belongs to no preview is a 404, for people and for programs", async () => {
  await using previews = previewsOn(here);
  const { url } = await previews.open("e1", 3_000, 1);
  const wrong = url.replace(/[0-9a-f]{32}/, "0".repeat(32));
  const page = await ask(wrong, { headers: { accept: "text/html" } });
  assert.equal(page.status, 404);
  assert.match(page.body, /<h1>Nothing here<\/h1>/);
  assert.deepEqual([page.headers["cache-control"], page.headers["referrer-policy"]], ["no-store", "no-referrer"]);
  assert.equal((await ask(wrong)).headers["content-type"], "text/plain; charset=utf-8");
  assert.equal((await ask(url, { headers: { host: "localhost" } })).status, 404);
});

test("the program inside sees itself on localhost, and nothing of who asks or where", async () => {
  await using inside = await programInside((request, response) => response.end(JSON.stringify(request.headers)));
  await using previews = previewsOn(here);
  const { url } = await previews.open("e1", inside.port, 5);
  const { origin } = new URL(url);
  const headers = {
    ...{ origin, referer: `${url}from?a=b`, connection: "x-mine", "x-mine": "1", "x-forwarded-for": "10.0.0.1" },
    ...{ cookie: "a=b; thalassa-preview=00; c=d", "x-kept": "yes" },
  };
  const seen = JSON.parse((await ask(url, { headers })).body);
  assert.deepEqual(seen, {
    host: `localhost:${inside.port}`,
    origin: `http://localhost:${inside.port}`,
    referer: `http://localhost:${inside.port}/from?a=b`,
    cookie: "a=b; c=d",
    "x-kept": "yes",
    connection: "close",
  });
  const foreign = await ask(url, { headers: { origin: "https://elsewhere.example.org" } });
  assert.equal(JSON.parse(foreign.body).origin, "https://elsewhere.example.org");
});

test("an answer keeps its cookies with this preview, its redirects here, and the address from those it links to", async () => {
  await using inside = await programInside((_request, response) => {
    response.setHeader("set-cookie", ["a=1; Domain=localhost; Path=/", "b=2"]);
    response.setHeader("referrer-policy", "unsafe-url");
    response.writeHead(302, { location: `http://localhost:${inside.port}/next?x#y`, "x-own": "1" }).end();
  });
  await using previews = previewsOn(here);
  const { headers } = await ask((await previews.open("e1", inside.port, 5)).url);
  assert.deepEqual(headers["set-cookie"], ["a=1; Path=/", "b=2"]);
  assert.deepEqual([headers.location, headers["referrer-policy"], headers["x-own"]], ["/next?x#y", "same-origin", "1"]);
});

test("what is sent in and what comes out is whole, however large", async () => {
  await using inside = await programInside((request, response) => request.pipe(response));
  await using previews = previewsOn(here);
  const { url } = await previews.open("e1", inside.port, 5);
  const body = "0123456789abcdef".repeat(200_000);
  const got = await ask(url, { method: "PUT", body });
  assert.equal(digest(got.body), digest(body));
});

test("events arrive one by one, as they are written", async () => {
  const written = Promise.withResolvers<(line: string) => void>();
  await using inside = await programInside((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    written.resolve((line) => response.write(line));
  });
  await using previews = previewsOn(here);
  const answer = await begin((await previews.open("e1", inside.port, 5)).url);
  const write = await written.promise;
  for (const line of ["data: 1\n\n", "data: 2\n\n"]) {
    write(line);
    assert.equal(`${(await once(answer, "data"))[0]}`, line);
  }
  answer.destroy();
});

test("whoever stops looking stops the request inside", async () => {
  const stopped = Promise.withResolvers<void>();
  await using inside = await programInside((_request, response) => {
    response.once("close", stopped.resolve);
    response.write("first");
  });
  await using previews = previewsOn(here);
  const answer = await begin((await previews.open("e1", inside.port, 5)).url);
  await once(answer, "data");
  answer.destroy();
  await stopped.promise;
});

test("an environment that is stopped, a port that nobody serves and a program that breaks off are told apart", async () => {
  await using inside = await programInside((request) => request.socket.destroy());
  await using previews = previewsOn({ ...here, connectMs: 50 });
  const answers = await Promise.all(
    (
      [
        ["gone", 3_000],
        ["e1", await freePort()],
        ["e1", inside.port],
        ["silent", 3_000],
      ] as const
    ).map(async ([env, port]) => ask((await previews.open(env, port, 5)).url)),
  );
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.split(".")[0]]),
    [
      [502, "The environment does not run"],
      [502, "Nothing answers"],
      [502, "The program broke off"],
      [504, "No answer in time"],
    ],
  );
});

test("a program that does not begin to answer is a 504", async () => {
  await using inside = await programInside(() => undefined);
  await using previews = previewsOn({ ...here, answerMs: 50 });
  const { status, body } = await ask((await previews.open("e1", inside.port, 5)).url);
  assert.deepEqual([status, body.split(".")[0]], [504, "No answer in time"]);
});

test("a preview takes so many at once and no more", async () => {
  await using inside = await programInside((_request, response) => response.write("on"));
  await using previews = previewsOn({ ...here, maxPerPreview: 1 });
  const { url } = await previews.open("e1", inside.port, 5);
  const first = await begin(url);
  assert.equal((await ask(url)).status, 503);
  first.destroy();
  await eventually(async () => {
    const next = await begin(url);
    next.destroy();
    return next.statusCode === 200;
  });
});

test("a preview whose time is over cuts off who looks and says so", async () => {
  await using inside = await programInside((_request, response) => response.write("on"));
  await using previews = previewsOn(here);
  const { url } = await previews.open("other", inside.port, 5);
  const short = url.replace(/[0-9a-f]{32}/, "f".repeat(32));
  previews.restore([{ env: "e1", port: inside.port, url: short, until: Date.now() + 300 }]);
  const looking = await begin(short);
  looking.resume();
  await assert.rejects(once(looking, "end"), { code: "ECONNRESET" });
  const page = await ask(short, { headers: { accept: "text/html" } });
  assert.equal(page.status, 410);
  assert.match(page.body, /This preview has ended/);
});

test("an environment that is let go takes its previews along, and no other's", async () => {
  await using inside = await programInside((_request, response) => response.end("on"));
  await using previews = previewsOn(here);
  const [mine, other] = [await previews.open("e1", inside.port, 5), await previews.open("e2", inside.port, 5)];
  await previews.close("e1");
  await previews.close("never-was");
  assert.deepEqual([(await ask(mine.url)).status, (await ask(other.url)).status], [410, 200]);
  assert.notEqual((await previews.open("e1", inside.port, 5)).url, mine.url);
});

test("addresses that were given out lead to the same places after a restart", async () => {
  await using inside = await programInside((_request, response) => response.end("on"));
  const port = await freePort();
  let previews: Previews = previewsOn({ engine, port });
  const given = { env: "e1", ...(await previews.open("e1", inside.port, 5)) };
  await previews[Symbol.asyncDispose]();
  previews = previewsOn({ engine, port });
  await using _open = previews;
  previews.restore([given, { env: "e1", port: 1, url: "http://not-ours/", until: given.until }]);
  await eventually(async () => (await ask(given.url).catch(() => undefined))?.body === "on");
  const { url, until } = await previews.open("e1", inside.port, 1);
  assert.deepEqual({ url, until }, { url: given.url, until: given.until });
});

test("a port that is taken is said so, with what to set; when it is free, it works", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as { port: number };
  await using previews = previewsOn({ engine, port });
  await assert.rejects(previews.open("e1", 3_000, 1), (error) => {
    assert.ok(error instanceof PreviewError);
    assert.equal(error.code, "preview-port");
    assert.match(error.message, /is taken by another program.*set preview\.port/);
    return true;
  });
  holder.close();
  await once(holder, "close");
  assert.match((await previews.open("e1", 3_000, 1)).url, new RegExp(`localhost:${port}`));
});

test("where no port is set and the usual one is taken, previews are at a free one, and say which addresses that costs", async () => {
  await using _usual = await heldPort(8_421);
  await using inside = await programInside((_request, response) => response.end("on"));
  let previews: Previews = previewsOn({ engine });
  const given = { env: "e1", ...(await previews.open("e1", inside.port, 5)) };
  const port = Number(new URL(given.url).port);
  assert.notEqual(port, 8_421);
  assert.equal(new URL((await previews.open("e2", inside.port, 5)).url).port, `${port}`);
  await previews[Symbol.asyncDispose]();
  previews = previewsOn({ engine });
  previews.restore([given]);
  await eventually(async () => (await ask(given.url).catch(() => undefined))?.body === "on");
  assert.deepEqual(previews.notes(), []);
  await previews[Symbol.asyncDispose]();
  await using _former = await heldPort(port);
  await using moved = previewsOn({ engine });
  moved.restore([given]);
  const [note = ""] = await eventually(
    () => moved.notes(),
    (notes) => notes.length > 0,
  );
  assert.match(note, /^previews are at http:\/\/\*\.localhost:\d+ now; ask again for those that were at http/);
  const { url } = await moved.open("e1", inside.port, 5);
  assert.notEqual(url, given.url);
  assert.equal((await ask(url)).body, "on");
  assert.deepEqual(moved.notes(), []);
});

/** Has a port taken, by this or already by somebody else. */
async function heldPort(port: number): Promise<AsyncDisposable> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening").catch(() => undefined);
  return { [Symbol.asyncDispose]: async () => void server.close() };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
