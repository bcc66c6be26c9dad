import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { type Admission, isAdmitted, type Place } from "./admitted.ts";
import type { ResolvedDoorOptions } from "./options.ts";
import { isPublicAddress } from "./public-address.ts";

/** Why somebody is not let out. */
export type Kept = { readonly type: "kept"; readonly status: 403 | 502 | 504; readonly why: string };

/**
 * A connection to a host that is admitted. The addresses of its name are looked at one by one, and what was looked at is what is
 * connected to: a name that says something else the next time gains nothing.
 */
export async function goOut(
  options: ResolvedDoorOptions,
  admissions: Iterable<Admission>,
  place: Place,
): Promise<Socket | Kept> {
  const { name, port } = place;
  if (!isAdmitted(admissions, place)) return kept(403, `${name}:${port} is not admitted here; ask for it by name`);
  const addresses = await options.addressesOf(name).catch(() => []);
  if (addresses.length === 0) return kept(502, `${name} has no address`);
  const never = await neverOf(options);
  const allowed = addresses.filter((each) => options.isTrusted(each) || (isPublicAddress(each) && !never.has(each)));
  if (allowed.length === 0)
    return kept(403, `${name} leads to an address that is not public, and is not reached from here`);
  for (const address of allowed) {
    const socket = await connected(address, port, options.connectMs);
    if (socket !== undefined) return socket;
  }
  return kept(504, `${name}:${port} cannot be connected to`);
}

/** The bus, and this host under all the addresses it has. */
async function neverOf({ never, addressesOf }: ResolvedDoorOptions): Promise<ReadonlySet<string>> {
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const named = never.map((each) => (isIP(each) === 0 ? addressesOf(each).catch(() => []) : [each]));
  return new Set([...own, ...(await Promise.all(named)).flat()]);
}

async function connected(host: string, port: number, connectMs: number): Promise<Socket | undefined> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(connectMs) });
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}

function kept(status: Kept["status"], why: string): Kept {
  return { type: "kept", status, why };
}
