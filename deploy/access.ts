import { join } from "node:path";
import { type BusAccess, Client } from "#runtime/mod.ts";
import { CLIENTS, KINDS } from "#subjects/mod.ts";
import { allRights, apiPrefix } from "#subjects/permissions.ts";
import { readBus } from "./bus-file.ts";
import { ThalassaError } from "./errors.ts";
import { type Home, openHome } from "./home.ts";
import { readSeed } from "./keys.ts";

/** Where the bus is, and the keys that open it. */
export type Bus = { readonly home: Home; readonly url: string; readonly keysDir: string };

/** Nobody has said where a bus is. */
class NoBus extends ThalassaError<"no-bus"> {
  constructor(home: Home) {
    super({
      code: "no-bus",
      message: `no bus was ever started from ${home.root}`,
      hint: "start it with `thalassa up`, or set THALASSA_NATS_URL to where it is",
      exitCode: 3,
    });
  }
}

/** Finds the bus: `THALASSA_NATS_URL`, else where the home says. `THALASSA_KEYS` puts the keys elsewhere. Throws: NoBus. */
export function findBus(env: NodeJS.ProcessEnv = process.env): Bus {
  const home = openHome(env);
  const url = env.THALASSA_NATS_URL?.trim() || readBus(home)?.url;
  if (url === undefined) throw new NoBus(home);
  return { home, url, keysDir: keysDirOf(home, env) };
}

/** Where the keys are: `THALASSA_KEYS`, else in the home. */
export function keysDirOf(home: Home, env: NodeJS.ProcessEnv = process.env): string {
  return env.THALASSA_KEYS?.trim() || home.keysDir;
}

/** Connects as one of the users that people are. Throws: KeyUnusable, BusUnreachable. */
export async function connectAs(user: string, { url, keysDir }: Pick<Bus, "url" | "keysDir">): Promise<Client> {
  const access: BusAccess = { url, user, seed: readSeed(keysDir, user), name: `${user}-${process.pid}` };
  const client = await Client.connect(access, apiPrefixOf(user));
  tellRefusals(client, user);
  return client;
}

/** A right that our user lacks would otherwise show only as an answer that never comes. */
function tellRefusals(client: Client, user: string): void {
  const unlisten = client.wire.listen((event) => {
    if (event.type !== "refused") return;
    unlisten();
    const hint = "restart thalassa up, so that the bus reads the rights of this version";
    process.stderr.write(`thalassa: the bus refuses something to ${user}: ${event.error.message}\n${hint}\n`);
  });
}

/** Where a user finds the API of the streams from the account it lives in. */
export function apiPrefixOf(user: string): string {
  const account = allRights(KINDS, CLIENTS).find((rights) => rights.user === user)?.account ?? "CORE";
  return apiPrefix(account);
}

/** File with a user's seed. */
export function seedFileOf(keysDir: string, user: string): string {
  return join(keysDir, `${user}.nk`);
}
