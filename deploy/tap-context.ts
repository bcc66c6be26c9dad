import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { TAP } from "#subjects/mod.ts";
import { inboxPrefix } from "#subjects/permissions.ts";
import { apiPrefixOf, seedFileOf } from "./access.ts";
import type { Home } from "./home.ts";

/**
 * Writes down for the stock `nats` CLI how to look on, and gives the command that does.
 * Shape: `nats --context ~/.thalassa/tap.json sub 'thalassa.>'`. Source: natscli, contexts.
 */
export function tapCommand(home: Home, url: string, keysDir: string): string {
  const file = join(home.root, "tap.json");
  const context = {
    description: "Thalassa, read-only",
    url,
    nkey: seedFileOf(keysDir, TAP),
    inbox_prefix: inboxPrefix(TAP),
    jetstream_api_prefix: apiPrefixOf(TAP),
  };
  writeFileSync(file, `${JSON.stringify(context, null, 2)}\n`, { mode: 0o600 });
  return `nats --context ${quoted(atHome(file))} sub 'thalassa.>'`;
}

/** A shell expands `~` only outside quotes. */
function atHome(file: string): string {
  const below = relative(homedir(), file);
  return below.startsWith("..") ? file : `~/${below}`;
}

function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
