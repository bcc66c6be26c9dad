/** Where a value is kept, in the file and on the bus. Shape: `log`, `chat.channel`, `agents.helper.chat.channel`. */
export type EntryName = string;

const AGENTS = "agents";

/** The parts of an entry's name. */
export function entryPath(key: string, agent?: string): readonly string[] {
  return [...(agent === undefined ? [] : [AGENTS, agent]), ...key.split(".")];
}

/** The name of a setting's entry, or of an agent's own one. */
export function entryName(key: string, agent?: string): EntryName {
  return entryPath(key, agent).join(".");
}

/** What an entry's name says. */
export function keyOfEntry(path: readonly string[]): { readonly key: string; readonly agent?: string } {
  const [first, agent, ...rest] = path;
  if (first !== AGENTS || agent === undefined || rest.length === 0) return { key: path.join(".") };
  return { key: rest.join("."), agent };
}
