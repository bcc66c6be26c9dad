import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Archive, archiveFor } from "#deploy/nats-release.ts";
import { programsOnPath } from "#deploy/program.ts";

/** A machine's corner with a PATH of its own: tar and gzip, and what a test puts there. */
export type Sandbox = Disposable & {
  readonly root: string;
  readonly binDir: string;
  readonly cacheDir: string;
  readonly addProgram: (name: string, script: string, folder?: string) => string;
  readonly addServer: (version: string, folder?: string) => string;
  /** A go whose `install` leaves a server of this version in GOBIN. */
  readonly addGo: (version: string) => string;
};

/** What the release server says for one file. */
export type Answer = {
  readonly status: number;
  readonly body: string | Buffer;
  /** Cuts the connection after so many bytes of a promised whole. */
  readonly cutAt?: number;
  readonly silent?: boolean;
  readonly trickling?: boolean;
};

/** A releases page on loopback with one release whose nats-server is a shell script. */
export type ReleaseServer = AsyncDisposable & {
  readonly url: string;
  readonly archive: Archive;
  /** The archive that is published. */
  readonly bytes: Buffer;
  /** By file name; a test overwrites what it wants to go wrong. */
  readonly answers: Map<string, Answer>;
  readonly asked: readonly string[];
  readonly publish: (version: string) => Promise<void>;
};

/** Makes an empty sandbox under the system's temporary folder. */
export function openSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "thalassa-nats-server-"));
  const binDir = join(root, "bin");
  mkdirSync(binDir);
  for (const name of ["tar", "gzip"]) symlinkSync(onlyProgram(name), join(binDir, name));
  const addProgram = (name: string, script: string, folder = binDir): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  return {
    root,
    binDir,
    cacheDir: join(root, "cache"),
    addProgram,
    addServer: (version, folder) => addProgram("nats-server", serverScript(version), folder),
    addGo: (version) => addProgram("go", goScript(version)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Serves a good release of the pinned version until disposed. */
export async function serveRelease(sandbox: Sandbox): Promise<ReleaseServer> {
  const archive = archiveFor(process.platform, process.arch);
  if (archive === undefined) throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const publish = async (version: string): Promise<void> => {
    const bytes = pack(sandbox, archive, version);
    answers.set(archive.name, { status: 200, body: bytes });
    const sums = [
      `${sha256(Buffer.from("other"))}  nats-server-v2.15.1-plan9-amd64.zip`,
      `${sha256(bytes)}  ${archive.name}`,
    ];
    answers.set("SHA256SUMS", { status: 200, body: `${sums.join("\n")}\n` });
  };
  await publish("2.15.1");
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    give(response, answers.get(url.slice(url.lastIndexOf("/") + 1)) ?? { status: 404, body: "" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    archive,
    bytes: answers.get(archive.name)?.body as Buffer,
    answers,
    asked,
    publish,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The checksum of some bytes, as `SHA256SUMS` writes it. */
export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer.silent === true) return;
  if (answer.trickling === true) {
    const drip = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(drip));
    return;
  }
  response.writeHead(answer.status, { "content-length": Buffer.byteLength(answer.body) });
  if (answer.cutAt === undefined) response.end(answer.body);
  else response.write(Buffer.from(answer.body).subarray(0, answer.cutAt), () => response.destroy());
}

function pack(sandbox: Sandbox, archive: Archive, version: string): Buffer {
  const folder = join(sandbox.root, "release");
  const server = join(folder, archive.member);
  mkdirSync(dirname(server), { recursive: true });
  writeFileSync(server, `#!/bin/sh\n${serverScript(version)}\n`, { mode: 0o755 });
  execFileSync("tar", ["-czf", archive.name, dirname(archive.member)], { cwd: folder });
  return readFileSync(join(folder, archive.name));
}

function serverScript(version: string): string {
  return `echo "nats-server: v${version}"`;
}

function goScript(version: string): string {
  return [
    `[ "$*" = "install github.com/nats-io/nats-server/v2@v2.15.1" ] || { echo "go: unexpected $*" >&2; exit 1; }`,
    `printf '#!/bin/sh\\n%s\\n' '${serverScript(version)}' > "$GOBIN/nats-server"`,
  ].join("\n");
}

function onlyProgram(name: string): string {
  const path = programsOnPath(name, process.env)[0];
  if (path === undefined) throw new Error(`there is no ${name} on PATH; the tests of the finder need it`);
  return path;
}
