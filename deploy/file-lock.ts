import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a lock that one process may hold at a time, by a file; undefined when another one has it. It is the operating
 * system's own on a SQLite file: it ends with the process that holds it, however that ends, and a recycled process id
 * cannot fool it.
 */
export function takeFileLock(path: string): Disposable | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (saysHeld(error)) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Whether somebody holds such a lock. Looking takes it for less than a millisecond, shared, and writes nothing. */
export function isFileLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  using database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch (error) {
    if (saysHeld(error)) return true;
    throw error;
  }
}

function saysHeld(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}
