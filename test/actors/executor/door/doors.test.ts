import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { DoorError, type DoorOptions, doorsOn } from "#actors/executor/door/mod.ts";
import { eventually } from "#support/eventually.ts";

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "door-"));
});
after(() => rm(dir, { recursive: true, force: true }));

/** Names of these tests lead to this host; elsewhere a door would not go there. */
const trusting = (): DoorOptions => ({ dir, addressesOf: async () => ["127.0.0.1"], isTrusted: () => true });

test("a program reaches a host that is admitted, by its address and by a tunnel", async () => {
  await using outside = await hostOutside((request, response) =>
    response.end(`${request.headers.host} ${request.url}`),
  );
  await using doors = doorsOn(trusting());
  const door = await doors.open("plain");
  await doors.admit("plain", [`a.example:${outside.port}`]);
  const url = `http://a.example:${outside.port}/x?y`;
  assert.deepEqual(await plain(door, url), { status: 200, body: `a.example:${outside.port} /x?y` });
  const tunnel = await tunnelled(door, `a.example:${outside.port}`);
  assert.equal(tunnel.status, 200);
  tunnel.socket.write("GET /tunnelled HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n");
  assert.match(`${await buffer(tunnel.socket)}`, /a\.example \/tunnelled/);
});

test("a host that is not admitted is refused, with what would have to be said", async () => {
  await using doors = doorsOn(trusting());
  const door = await doors.open("refused");
  const { status, body } = await plain(door, "http://b.example/");
  assert.deepEqual([status, body], [403, "b.example:80 is not admitted here; ask for it by name\n"]);
  assert.equal((await tunnelled(door, "b.example:443")).status, 403);
  await doors.admit("other", ["b.example"]);
  assert.equal((await tunnelled(door, "b.example:443")).status, 403);
});

test("a name that leads to this host or its neighbours is refused, however it is admitted", async () => {
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const leads = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    ...own,
  ];
  let address = "";
  await using doors = doorsOn({ dir, addressesOf: async () => [address] });
  const door = await doors.open("rebound");
  await doors.admit("rebound", ["*", "127.0.0.1"]);
  for (address of leads) assert.equal((await tunnelled(door, "a.example:443")).status, 403, address);
  address = "127.0.0.1";
  for (const place of ["127.0.0.1:443", "2130706433:443", "localhost:443", "[::1]:443", "[::ffff:7f00:1]:443"])
    assert.equal((await tunnelled(door, place)).status, 403, place);
});

test("the bus is refused by the addresses of its name", async () => {
  const addresses: Record<string, readonly string[]> = {
    "bus.example": ["203.0.114.7"],
    "alias.example": ["203.0.114.7"],
  };
  await using doors = doorsOn({ dir, never: ["bus.example"], addressesOf: async (name) => addresses[name] ?? [] });
  const door = await doors.open("bus");
  await doors.admit("bus", ["*.example:4222"]);
  assert.equal((await tunnelled(door, "alias.example:4222")).status, 403);
  assert.equal((await tunnelled(door, "nowhere.example:4222")).status, 502);
});

test("what is connected to is the very address that was looked at", async () => {
  await using outside = await hostOutside((_request, response) => response.end("reached"));
  const told: string[] = [];
  const addressesOf = async (name: string) => {
    told.push(name);
    return told.length === 1 ? ["127.0.0.1"] : ["10.0.0.1"];
  };
  await using doors = doorsOn({ dir, addressesOf, isTrusted: (address) => address === "127.0.0.1" });
  const door = await doors.open("once");
  await doors.admit("once", [`a.example:${outside.port}`]);
  assert.equal((await plain(door, `http://a.example:${outside.port}/`)).body, "reached");
  assert.deepEqual(told, ["a.example"]);
  assert.equal((await plain(door, `http://a.example:${outside.port}/`)).status, 403);
});

test("nothing is passed on that is meant for the proxy, and only http:// and CONNECT are served", async () => {
  await using outside = await hostOutside((request, response) => response.end(JSON.stringify(request.headers)));
  await using doors = doorsOn(trusting());
  const door = await doors.open("headers");
  await doors.admit("headers", [`a.example:${outside.port}`]);
  const headers = { "proxy-authorization": "Basic eDp5", "proxy-connection": "keep-alive", "x-own": "1" };
  const { body } = await plain(door, `http://a.example:${outside.port}/`, headers);
  assert.deepEqual(JSON.parse(body), { "x-own": "1", host: `a.example:${outside.port}`, connection: "close" });
  for (const url of ["/relative", "https://a.example/", "ftp://a.example/", "file:///etc/passwd"])
    assert.equal((await plain(door, url)).status, 403, url);
});

test("a connection on which nothing moves ends, and there are only so many", async () => {
  const held: Socket[] = [];
  const silent = createTcpServer((socket) => held.push(socket))
    .listen(0, "127.0.0.1")
    .unref();
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await using doors = doorsOn({ ...trusting(), idleMs: 200, maxConnections: 1 });
  const door = await doors.open("idle");
  await doors.admit("idle", [`a.example:${port}`]);
  const first = await tunnelled(door, `a.example:${port}`);
  first.socket.resume();
  await assert.rejects(tunnelled(door, `a.example:${port}`), { code: /ECONNRESET|EPIPE/ });
  await once(first.socket, "close");
  for (const socket of held) socket.destroy();
  silent.close();
});

test("a door is at the same place after a restart, and programs see only what is admitted then", async () => {
  await using outside = await hostOutside((_request, response) => response.end("reached"));
  const before = doorsOn(trusting());
  const door = await before.open("restarted");
  await before.admit("restarted", [`a.example:${outside.port}`]);
  const { ino } = await stat(door);
  await before[Symbol.asyncDispose]();
  await using doors = doorsOn(trusting());
  assert.equal(await doors.open("restarted"), door);
  assert.equal((await stat(door)).ino, ino);
  assert.equal((await plain(door, `http://a.example:${outside.port}/`)).status, 403);
  await doors.admit("restarted", [`a.example:${outside.port}`]);
  assert.equal((await plain(door, `http://a.example:${outside.port}/`)).body, "reached");
});

test("a door that is closed is gone, with what went through it", async () => {
  await using outside = await hostOutside((_request, response) => response.write("on"));
  await using doors = doorsOn(trusting());
  const door = await doors.open("closed");
  await doors.admit("closed", [`a.example:${outside.port}`]);
  const { socket } = await tunnelled(door, `a.example:${outside.port}`);
  socket.resume();
  await doors.close("closed");
  await doors.close("never-was");
  await eventually(() => socket.closed);
  await assert.rejects(stat(door), { code: "ENOENT" });
});

test("a door in a folder with a very long name works", async () => {
  await using doors = doorsOn({ ...trusting(), dir: join(dir, "d".repeat(120)) });
  const door = await doors.open("far");
  const socket = join(door, "net.sock");
  assert.ok((await stat(socket)).isSocket());
  await doors[Symbol.asyncDispose]();
  assert.equal(await doors.open("far"), door);
});

test("what is no name of a host is refused", async () => {
  await using doors = doorsOn(trusting());
  await assert.rejects(doors.admit("e", ["packages.example", "http://packages.example/"]), (error) => {
    assert.ok(error instanceof DoorError);
    assert.equal(error.code, "door-host");
    return true;
  });
  assert.throws(() => doorsOn({ dir, idleMs: 0 }), /must be above zero/);
});

async function hostOutside(listener: RequestListener): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function plain(door: string, url: string, headers = {}): Promise<{ status: number; body: string }> {
  const asked = httpRequest({ socketPath: join(door, "net.sock"), path: url, headers: { host: "x", ...headers } });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: `${await buffer(answer)}` };
}

async function tunnelled(door: string, place: string): Promise<{ status: number; socket: Socket }> {
  const socket = connect(join(door, "net.sock"));
  socket.write(`CONNECT ${place} HTTP/1.1\r\nhost: ${place}\r\n\r\n`);
  const [head] = await Promise.race([
    once(socket, "data"),
    once(socket, "close").then(() => Promise.reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }))),
  ]);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(`${head}`)?.[1]), socket };
}
