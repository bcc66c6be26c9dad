import type { System } from "./system.ts";

/** What an engine lacks of the host, as far as root can mend it. */
export type Lack =
  | { readonly type: "programs"; readonly engine: "docker" | "bubblewrap" }
  | { readonly type: "docker-silent" }
  | { readonly type: "docker-refuses" }
  | { readonly type: "kernel"; readonly setting: string; readonly value: string };

/** Packages by who packs them. */
const PACKERS: readonly {
  readonly like: string;
  readonly install: string;
  readonly docker: string;
  readonly bubblewrap: string;
}[] = [
  { like: "debian", install: "apt-get install -y", docker: "docker.io", bubblewrap: "bubblewrap socat util-linux" },
  { like: "arch", install: "pacman -S --needed", docker: "docker", bubblewrap: "bubblewrap socat util-linux" },
];

/** What root has to type so that it lacks that no more; sentences where it depends. */
export function remediesFor(lack: Lack, system: System): readonly string[] {
  switch (lack.type) {
    case "programs":
      return lack.engine === "docker" ? dockerFor(system) : bubblewrapFor(system);
    case "docker-silent":
      return startFor(system);
    case "docker-refuses":
      return joinFor(system);
    case "kernel":
      return [`sysctl -w ${lack.setting}=${lack.value}`];
  }
}

function dockerFor(system: System): readonly string[] {
  if (system.platform !== "linux") return ["# install Docker Desktop and start it"];
  const packer = packerOf(system);
  if (packer === undefined) return ["# install Docker Engine as docs.docker.com/engine/install says"];
  return [`${packer.install} ${packer.docker}`, ...startFor(system), ...(system.isRoot ? [] : joinFor(system))];
}

function bubblewrapFor(system: System): readonly string[] {
  if (system.platform !== "linux") return ["# bubblewrap needs Linux; use Docker here"];
  const packer = packerOf(system);
  if (packer === undefined) return ["# install the packages bubblewrap, socat, util-linux and coreutils"];
  return [`${packer.install} ${packer.bubblewrap}`];
}

function startFor({ platform, hasSystemd }: System): readonly string[] {
  if (platform !== "linux") return ["# start Docker Desktop"];
  return [hasSystemd ? "systemctl enable --now docker" : "service docker start"];
}

function joinFor({ user }: System): readonly string[] {
  return [`usermod -aG docker ${user}    # log in anew after that; whoever is in that group is as good as root`];
}

function packerOf({ likes }: System): (typeof PACKERS)[number] | undefined {
  return PACKERS.find(({ like }) => likes.includes(like));
}
