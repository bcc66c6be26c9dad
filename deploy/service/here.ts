import { statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Home } from "#deploy/home.ts";
import { programRunner } from "#deploy/program.ts";
import { Launchd } from "./launchd.ts";
import { type ServiceManager, ServiceTrouble } from "./manager.ts";
import { serviceName } from "./program.ts";
import { Systemd } from "./systemd.ts";

/** The system somebody is on, and who that is. */
type Place = { readonly platform: NodeJS.Platform; readonly uid: number; readonly username: string };

/** What runs services on this system, for the service of a home. Throws: ServiceTrouble where nothing does. */
export function managerHere(
  home: Home,
  isSystem: boolean,
  env: NodeJS.ProcessEnv,
  place: Place = { platform: process.platform, ...userInfo() },
): ServiceManager {
  const { platform, uid, username } = place;
  const name = serviceName(home.root, env);
  const run = programRunner(env);
  const homeDir = env.HOME || homedir();
  if (isSystem) requireSystem(place);
  if (platform === "linux") {
    const scope = isSystem ? ({ type: "system", uid: statSync(home.root).uid } as const) : ({ type: "user" } as const);
    return new Systemd({ name, scope, user: { uid, username }, homeDir, env, run });
  }
  if (platform === "darwin") {
    const logFile = join(home.logsDir, "service.log");
    return new Launchd({ name, uid, homeDir, logFile, pidFile: join(home.root, "up.pid"), run });
  }
  throw new ServiceTrouble({
    code: "service-unsupported",
    message: `thalassa service knows systemd and launchd, and ${platform} has neither`,
    hint: "on Windows use it inside WSL 2 with systemd turned on, or have the Task Scheduler run `thalassa up --no-chat` at logon",
  });
}

function requireSystem({ platform, uid }: Place): void {
  if (platform !== "linux") {
    throw new ServiceTrouble({
      code: "service-unsupported",
      message: "--system is for systemd, and this is not Linux",
      hint: "leave --system out",
    });
  }
  if (uid === 0) return;
  throw new ServiceTrouble({
    code: "service-needs-root",
    message: "a unit of the whole system takes root",
    hint: "leave --system out: your own unit runs at boot too; or use sudo with THALASSA_HOME set to your home",
  });
}
