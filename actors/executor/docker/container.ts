import { resolve } from "node:path";
import type { ContainerCreateOptions } from "dockerode";
import { type EnvironmentSpec, INSIDE, INSIDE_USER } from "#actors/executor/engine.ts";
import { LABELS, labelsOf, nameOf } from "./names.ts";
import type { ResolvedOptions } from "./options.ts";

/** What an environment's container can be given, by what the engine is. */
export type Given = {
  /** How many CPUs there are; asking for more is an error to Docker. */
  readonly cpus: number;
  /** Whether Docker has a first process that buries the dead. */
  readonly init: boolean;
};

const MIB = 1024 * 1024;

const USER = `${INSIDE_USER.uid}:${INSIDE_USER.gid}`;

/** What all that runs in an environment finds in its environment. */
const VARIABLES = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  `HOME=${INSIDE.workspace}`,
  "LANG=C.UTF-8",
];

/** A container that can do nothing but compute: no network, no rights, nothing of the host but the door. */
export function containerOf(spec: EnvironmentSpec, options: ResolvedOptions, given: Given): ContainerCreateOptions {
  return {
    name: nameOf(spec.env),
    Image: spec.image ?? options.image,
    Entrypoint: [],
    Cmd: ["sleep", "infinity"],
    User: USER,
    WorkingDir: INSIDE.workspace,
    Env: VARIABLES,
    Labels: { ...labelsOf(options, spec.env), [LABELS.wanted]: wantedOf(spec) },
    Hostname: "thalassa",
    NetworkDisabled: true,
    HostConfig: { ...hardened(given), ...bounded(spec, given), ...mounted(spec, options) },
  };
}

/** What an environment was wanted to be; another one is not given without starting anew. */
export function wantedOf({ bounds, doorDir, image }: EnvironmentSpec): string {
  const { cpus, memoryMb, pids, diskMb } = bounds;
  return JSON.stringify({ cpus, memoryMb, pids, diskMb, doorDir: resolve(doorDir), image });
}

type HostConfig = NonNullable<ContainerCreateOptions["HostConfig"]>;

function hardened({ init }: Given): HostConfig {
  return {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    // Docker's own seccomp and AppArmor profiles apply as long as no other is named.
    SecurityOpt: ["no-new-privileges"],
    CapDrop: ["ALL"],
    Privileged: false,
    IpcMode: "private",
    Init: init,
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no" },
    // Under pressure the host ends environments before its own programs.
    OomScoreAdj: 500,
    // Lowering is always allowed; an engine without the right to raise limits could not start it otherwise.
    Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }],
  };
}

function bounded({ bounds }: EnvironmentSpec, { cpus }: Given): HostConfig {
  return {
    NanoCpus: Math.round(Math.min(bounds.cpus, cpus) * 1e9),
    Memory: bounds.memoryMb * MIB,
    // The same as the memory: no swap on top.
    MemorySwap: bounds.memoryMb * MIB,
    PidsLimit: bounds.pids,
  };
}

function mounted({ env, doorDir }: EnvironmentSpec, { journalMb, tmpMb }: ResolvedOptions): HostConfig {
  const { uid, gid } = INSIDE_USER;
  return {
    ShmSize: 64 * MIB,
    Tmpfs: {
      "/tmp": `rw,exec,nosuid,nodev,size=${tmpMb}m,mode=1777`,
      [INSIDE.journal]: `rw,noexec,nosuid,nodev,size=${journalMb}m,mode=0700,uid=${uid},gid=${gid}`,
    },
    Mounts: [
      { Type: "volume", Source: nameOf(env), Target: INSIDE.workspace },
      {
        Type: "bind",
        Source: resolve(doorDir),
        Target: INSIDE.door,
        ReadOnly: true,
        BindOptions: { Propagation: "rprivate" },
      },
    ],
  };
}
