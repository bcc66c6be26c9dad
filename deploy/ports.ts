import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { ThalassaError } from "./errors.ts";
import { commandOf } from "./os-process.ts";

/** Where everything listens that Thalassa starts. */
export const LOOPBACK = "127.0.0.1";

/** A port that somebody else listens on. */
export class PortTaken extends ThalassaError<"port-taken"> {
  readonly port: number;
  constructor(port: number, what: string, option: string, cause: unknown) {
    const holder = holderOf(port);
    const by = holder === undefined ? "another program" : `process ${holder.pid} (${holder.command})`;
    const hint = holder === undefined ? "" : `stop it (kill ${holder.pid}), or `;
    super({
      code: "port-taken",
      message: `port ${port}, wanted for ${what}, is taken by ${by}`,
      hint: `${hint}choose another with ${option}, for example ${option} ${port + 11}`,
      cause,
    });
    this.port = port;
  }
}

/** Makes sure that a port can be listened on; 0 finds a free one. Throws: PortTaken. */
export async function claimPort(port: number, what: string, option: string): Promise<number> {
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: LOOPBACK, port }, () => {
        const address = server.address();
        const found = typeof address === "object" && address !== null ? address.port : port;
        server.close(() => resolve(found));
      });
    });
  } catch (error) {
    throw new PortTaken(port, what, option, error);
  }
}

/** Who listens on a local port, where the system tells: on Linux, for processes of the same user. */
export function holderOf(port: number): { readonly pid: number; readonly command: string } | undefined {
  try {
    const inodes = listeningInodes(port);
    const pid = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .find((name) => socketsOf(name).some((inode) => inodes.has(inode)));
    return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(Number(pid)) ?? "unknown" };
  } catch {
    return undefined;
  }
}

/** State of a listening socket in /proc/net/tcp. Source: Linux include/net/tcp_states.h. */
const LISTENING = "0A";

function listeningInodes(port: number): ReadonlySet<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const held = fields.filter(([, local, , state]) => local?.endsWith(wanted) && state === LISTENING);
  return new Set(held.map((each) => each[9] ?? ""));
}

function socketsOf(pid: string): readonly string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? []);
  } catch {
    return [];
  }
}
