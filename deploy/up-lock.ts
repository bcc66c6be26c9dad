import { rmSync, writeFileSync } from "node:fs";
import { readBus } from "./bus-file.ts";
import { ThalassaError } from "./errors.ts";
import { takeFileLock } from "./file-lock.ts";
import type { Home } from "./home.ts";
import { lockFile, pidFile, readPid } from "./up-holder.ts";

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
    const lock = takeFileLock(lockFile(home));
    const path = pidFile(home);
    if (lock === undefined) throw new AlreadyUp(home, readPid(path));
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
    return new UpLock(lock, path);
  }

  [Symbol.dispose](): void {
    rmSync(this.#pidFile, { force: true });
    this.#lock[Symbol.dispose]();
  }
}

function busUrl(home: Home): string | undefined {
  try {
    return readBus(home)?.url;
  } catch {
    return undefined;
  }
}
