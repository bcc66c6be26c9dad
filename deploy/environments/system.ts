import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** What a host is, as far as programs are installed and started on it. */
export type System = {
  readonly platform: NodeJS.Platform;
  /** The distribution and those that it is like, as it names itself. Shape: `["ubuntu", "debian"]`. */
  readonly likes: readonly string[];
  readonly user: string;
  readonly isRoot: boolean;
  readonly hasSystemd: boolean;
};

/** What this host is. */
export function systemHere(): System {
  return {
    platform: process.platform,
    likes: likesIn(readRelease()),
    user: userInfo().username,
    isRoot: process.getuid?.() === 0,
    hasSystemd: existsSync("/run/systemd/system"),
  };
}

/** What a distribution says it is. Source: os-release(5), `ID` and `ID_LIKE`. */
export function likesIn(release: string): readonly string[] {
  const said = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(release)?.[1] ?? "";
  return `${said("ID")} ${said("ID_LIKE")}`.split(" ").filter((word) => word !== "");
}

function readRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
