import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readBus } from "./bus-file.ts";
import { ThalassaError } from "./errors.ts";
import type { Home } from "./home.ts";

/** A supervisor runs on this home already. */
export class AlreadyUp extends ThalassaError<"already-up"> {
  readonly pid: number | undefined;
  constructor(home: Home, pid: number | undefined) {
    const at = busUrl(home);
    super({
      code: "already-up",
      message: `Thalassa is up already on ${home.root}: process ${pid ?? "unknown"}${at === undefined ? "" : `, bus at ${at}`}`,
      hint: `talk with \`thalassa chat\`, look with \`thalassa ps\`${pid === undefined ? "" : `, or stop it with kill ${pid}`}; another home (THALASSA_HOME) and --port run beside it`,
    });
    this.pid = pid;
  }
}

/**
 * Holds a home for one supervisor. The lock is the operating system's own on a SQLite file: it ends with the process that
 * holds it, however that ends, and a recycled process id cannot fool it.
 */
export class UpLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #pidFile: string;

  private constructor(database: DatabaseSync, pidFile: string) {
    this.#database = database;
    this.#pidFile = pidFile;
  }

  /** Throws: AlreadyUp. */
  static take(home: Home): UpLock {
    const pidFile = join(home.root, "up.pid");
    const database = new DatabaseSync(join(home.root, "up.lock"), { timeout: 0 });
    try {
      database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (!(error instanceof Error && /locked|busy/i.test(error.message))) throw error;
      throw new AlreadyUp(home, readPid(pidFile));
    }
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    return new UpLock(database, pidFile);
  }

  [Symbol.dispose](): void {
    rmSync(this.#pidFile, { force: true });
    this.#database.close();
  }
}

function readPid(pidFile: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(pidFile, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}

function busUrl(home: Home): string | undefined {
  try {
    return readBus(home)?.url;
  } catch {
    return undefined;
  }
}
