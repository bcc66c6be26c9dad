import type { Duplex } from "node:stream";
import type { Bounds } from "#subjects/order.ts";

/** Where things are inside every environment, whatever engine it is of. */
export const INSIDE = {
  /** The workspace: bounded, kept with the environment, and the only place that outlives it. */
  workspace: "/workspace",
  /** What runs and ran: in memory, gone when the environment stops. */
  journal: "/run/thalassa",
  /** What the host puts there and nobody inside can change: the socket by which hosts outside are reached. */
  door: "/run/door",
} as const;

/** Whom all that runs in an environment runs as. */
export const INSIDE_USER = { uid: 1000, gid: 1000 } as const;

/** An environment as it is wanted. `doorDir` is the folder of this host that is seen as `INSIDE.door`, read-only. */
export type EnvironmentSpec = {
  readonly env: string;
  readonly bounds: Bounds;
  readonly doorDir: string;
  readonly image?: string;
};

/** An environment as an engine has it: it runs, or only its workspace is left. Units: `since` ms since 1970. */
export type Found = { readonly env: string; readonly state: "up" | "kept"; readonly since: number };

/** Something that happened to an environment which nobody here asked for, or that is a sign of an escape being tried. */
export type EngineEvent = { readonly env: string; readonly type: "stopped" | "suspect"; readonly why: string };

/** What a program that was run to its end wrote; `cut` where it was more than was wanted. */
export type Ran = { readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer; readonly cut: boolean };

/** How a program is run to its end. Units: ms; bytes of each output. */
export type RunOptions = {
  readonly stdin?: string | Buffer;
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
};

/** How an environment came up: what is other than wanted, and whether its workspace was made just now. */
export type Raised = { readonly notes: readonly string[]; readonly fresh: boolean };

/**
 * What environments are made of. Everything is safe to repeat: the one who asked may have died after it was done.
 * All programs run as `INSIDE_USER`, without any capability, and can never gain one.
 */
export type Engine = {
  readonly name: "docker" | "bubblewrap";
  /** Whether it can be used: a `problem` says why not and what to do; `notes` say which bounds are kept less well, and why. */
  probe(): Promise<{ readonly problem?: string; readonly notes: readonly string[] }>;
  /** All environments of this executor that there are, running or kept. */
  list(): Promise<readonly Found[]>;
  /** Has it there and running, with the workspace that it had before; `fresh` where it had none. */
  up(spec: EnvironmentSpec, signal: AbortSignal): Promise<Raised>;
  /** Ends all that runs in it; its workspace is kept, or thrown away as well. One that is not there is fine. */
  down(env: string, options: { readonly keep: boolean }): Promise<void>;
  /** Runs a program to its end and gives what it wrote. Throws: EngineError `gone` where there is no such environment. */
  run(env: string, argv: readonly string[], options: RunOptions): Promise<Ran>;
  /** Begins a program that outlives this process. Resolves when it has begun. Throws: EngineError. */
  detach(env: string, argv: readonly string[]): Promise<void>;
  /** A connection to a port of 127.0.0.1 inside. Throws: EngineError. */
  connect(env: string, port: number): Promise<Duplex>;
  /** What happens to environments, until `signal`; ends by itself when the engine is gone. */
  watch(signal: AbortSignal): AsyncIterable<EngineEvent>;
};

/** Something that an engine could not do. `gone`: no such environment runs; `engine`: the engine itself does not answer. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: "gone" | "engine" | "refused";

  constructor(code: "gone" | "engine" | "refused", message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
