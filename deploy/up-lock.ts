import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBus } from "./bus-file.ts";
import { ThalassaError } from "./errors.ts";
import { takeFileLock } from "./file-lock.ts";
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

/** Holds a home for one supervisor, for as long as that lives. */
export class UpLock implements Disposable {
  readonly #lock: Disposable;
  readonly #pidFile: string;

  private constructor(lock: Disposable, pidFile: string) {
    this.#lock = lock;
    this.#pidFile = pidFile;
  }

  /** Throws: AlreadyUp. */
  static take(home: Home): UpLock {
    const pidFile = join(home.root, "up.pid");
    const lock = takeFileLock(join(home.root, "up.lock"));
    if (lock === undefined) throw new AlreadyUp(home, readPid(pidFile));
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    return new UpLock(lock, pidFile);
  }

  [Symbol.dispose](): void {
    rmSync(this.#pidFile, { force: true });
    this.#lock[Symbol.dispose]();
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
