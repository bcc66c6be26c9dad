import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, open as openFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type Admission, readAdmission } from "./admitted.ts";
import { DOOR_SOCKET } from "./inside.ts";
import { type DoorOptions, type ResolvedDoorOptions, resolveDoorOptions } from "./options.ts";
import { doorProxy } from "./proxy.ts";

/** A path of a socket may be no longer. Units: bytes. Source: unix(7). */
const MAX_SOCKET_PATH = 107;

/** The ways out of environments, that have no network of their own. */
export type Doors = {
  /** Has an environment's door there, and gives the folder that is to be seen inside. After a crash: at the same place again. */
  open(env: string): Promise<string>;
  /** Lets programs reach these hosts, besides those that they may already. Throws: DoorError where one is no name. */
  admit(env: string, hosts: readonly string[]): Promise<void>;
  /** Takes the door away for good, with what goes through it; nothing is admitted any more. */
  close(env: string): Promise<void>;
} & AsyncDisposable;

/** What was to be admitted is not what can be. */
export class DoorError extends Error {
  override readonly name = "DoorError";
  readonly code: "door-host";

  constructor(code: "door-host", message: string) {
    super(message);
    this.code = code;
  }
}

/** Doors of the environments of this host. */
export function doorsOn(options: DoorOptions): Doors {
  return new HostDoors(resolveDoorOptions(options));
}

type Door = { readonly admissions: Map<string, Admission>; server?: Promise<Server>; readonly through: Set<Duplex> };

class HostDoors implements Doors {
  readonly #options: ResolvedDoorOptions;
  readonly #doors = new Map<string, Door>();

  constructor(options: ResolvedDoorOptions) {
    this.#options = options;
  }

  async open(env: string): Promise<string> {
    const [door, dir] = [this.#doorOf(env), this.#dirOf(env)];
    door.server ??= this.#listen(door, dir);
    try {
      await door.server;
    } catch (error) {
      delete door.server;
      throw error;
    }
    return dir;
  }

  async admit(env: string, hosts: readonly string[]): Promise<void> {
    const read = hosts.map((host) => {
      const admission = readAdmission(host);
      if (admission !== undefined) return [host.toLowerCase(), admission] as const;
      throw new DoorError(
        "door-host",
        `${host} is no name of a host; say it like packages.example, *.example.org or host:8443`,
      );
    });
    const { admissions } = this.#doorOf(env);
    for (const [host, admission] of read) admissions.set(host, admission);
  }

  async close(env: string): Promise<void> {
    const door = this.#doors.get(env);
    this.#doors.delete(env);
    if (door !== undefined) await shut(door);
    await rm(this.#dirOf(env), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#doors.values()].map(shut));
    this.#doors.clear();
  }

  async #listen(door: Door, dir: string): Promise<Server> {
    const server = doorProxy(this.#options, { [Symbol.iterator]: () => door.admissions.values() });
    server.on("connection", (socket) => {
      door.through.add(socket);
      socket.once("close", () => door.through.delete(socket));
    });
    await mkdir(dir, { recursive: true, mode: 0o755 });
    await chmod(dir, 0o755);
    await listenIn(dir, server);
    return server;
  }

  #doorOf(env: string): Door {
    const door = this.#doors.get(env) ?? { admissions: new Map(), through: new Set() };
    this.#doors.set(env, door);
    return door;
  }

  /** The name is a digest: a socket's path has to be short, and an environment's name may be long. */
  #dirOf(env: string): string {
    return join(this.#options.dir, createHash("sha256").update(env).digest("hex").slice(0, 24));
  }
}

/** Listens in a folder, in the place of whoever did before; anyone may connect who sees the folder. */
async function listenIn(dir: string, server: Server): Promise<void> {
  const path = join(dir, DOOR_SOCKET);
  await rm(path, { force: true });
  const folder = await openFile(dir);
  try {
    server.listen(Buffer.byteLength(path) > MAX_SOCKET_PATH ? `/proc/self/fd/${folder.fd}/${DOOR_SOCKET}` : path);
    await once(server, "listening");
    await chmod(path, 0o666);
  } finally {
    await folder.close();
  }
}

async function shut({ server, through }: Door): Promise<void> {
  const listening = await server?.catch(() => undefined);
  if (listening === undefined) return;
  const closed = once(listening, "close");
  listening.close();
  for (const socket of through) socket.destroy();
  await closed;
}
