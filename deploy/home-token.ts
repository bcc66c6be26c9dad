import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isTokenShaped, newToken } from "#bridges/http/token.ts";
import type { Client } from "#runtime/mod.ts";
import { hasCode, reasonOf, ThalassaError } from "./errors.ts";
import type { Home } from "./home.ts";
import { takePrivate } from "./privacy.ts";
import { putToken, standingOf } from "./tokens.ts";

/** Name of the token that a home has of its own. */
const HOME_TOKEN = { name: "home", role: "owner" } as const;

/** The file of the home's token cannot be used. */
class HomeTokenUnusable extends ThalassaError<"home-token-unusable"> {
  constructor(path: string, why: string, cause?: unknown) {
    super({
      code: "home-token-unusable",
      message: `${path} cannot hold the token of this home: ${why}`,
      hint: "delete it; the next thalassa up makes a new one",
      cause,
    });
  }
}

/** Where the home's own token for HTTP lies. */
export function homeTokenFile(home: Pick<Home, "root">): string {
  return join(home.root, "http-token");
}

/**
 * Sees to it that the home has a token that works: makes one where there is none, and tells the bus again of one that it
 * has lost. One that was revoked stays so. `note` hears what was done. Throws: HomeTokenUnusable.
 */
export async function ensureHomeToken(
  client: Client,
  home: Pick<Home, "root">,
  note: (line: string) => void,
): Promise<void> {
  const path = homeTokenFile(home);
  const holder = { ...HOME_TOKEN, createdAt: Date.now() };
  const kept = readToken(path, note);
  if (kept === undefined) {
    const token = newToken();
    await putToken(client, token, holder);
    write(path, token);
    note(`made a token for HTTP: ${path} (role owner)`);
    return;
  }
  const standing = await standingOf(client, kept);
  if (standing === "lost") {
    await putToken(client, kept, holder);
    note(`the bus had lost the token in ${path}; it knows it again`);
  }
  if (standing === "revoked")
    note(`the token in ${path} was revoked; delete the file, and the next start makes a new one`);
}

function readToken(path: string, note: (line: string) => void): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
    const narrowed = takePrivate(path);
    if (narrowed !== undefined) note(narrowed);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new HomeTokenUnusable(path, reasonOf(error), error);
  }
  if (!isTokenShaped(text)) throw new HomeTokenUnusable(path, "what it holds is no token");
  return text;
}

function write(path: string, token: string): void {
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    throw new HomeTokenUnusable(path, reasonOf(error), error);
  }
}
