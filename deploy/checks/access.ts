import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Bus } from "#deploy/access.ts";
import { explain } from "#deploy/failure.ts";
import { readSeed } from "#deploy/keys.ts";
import { connectToBus } from "#runtime/mod.ts";
import { CLIENTS, KINDS } from "#subjects/mod.ts";
import { allRights } from "#subjects/permissions.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Every user of the bus has a key that can be read. Reading narrows what was open to others, and that is told. */
export function checkKeys(keysDir: string): readonly Finding[] {
  const users = usersOfBus();
  if (!users.some((user) => existsSync(join(keysDir, `${user}.nk`)))) {
    const hint = "run thalassa up once here, which makes them, or name the folder that has them in THALASSA_KEYS";
    return [bad("keys", `there are no keys in ${keysDir} yet`, hint)];
  }
  const notes: string[] = [];
  const wrong = users.flatMap((user) => {
    try {
      readSeed(keysDir, user, (note) => notes.push(note));
      return [];
    } catch (error) {
      const { message, hint } = explain(error);
      return [bad("keys", message, hint ?? "run thalassa up, which makes what is missing")];
    }
  });
  const open = notes.map((note) =>
    warn(
      "keys",
      note,
      "whoever read it may use it: to have a new one, stop thalassa up, delete the file, start it again",
    ),
  );
  const found = [...wrong, ...open];
  return found.length > 0 ? found : [good("keys", `${users.length} keys in ${keysDir}, yours alone`)];
}

/** The bus lets every user in by its key. */
export async function checkAccess({ url, keysDir }: Pick<Bus, "url" | "keysDir">): Promise<readonly Finding[]> {
  const users = usersOfBus();
  const refused = await Promise.all(
    users.map(async (user) => {
      try {
        const seed = readSeed(keysDir, user);
        await (await connectToBus({ url, user, seed, name: `doctor-${process.pid}` })).close();
        return [];
      } catch (error) {
        const hint = "restart thalassa up: the bus reads the keys when it starts";
        return [bad("access", `${user} is not let in: ${explain(error).message}`, hint)];
      }
    }),
  );
  const found = refused.flat();
  return found.length > 0 ? found : [good("access", `the bus lets all ${users.length} users in by their keys`)];
}

function usersOfBus(): readonly string[] {
  return allRights(KINDS, CLIENTS).map(({ user }) => user);
}
