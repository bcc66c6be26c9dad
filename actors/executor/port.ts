import type { Engine } from "./engine.ts";
import type { Preview } from "./state.ts";

/** Ports of environments that are reachable from outside. */
export type PreviewPort = {
  open(env: string, port: number, minutes: number): Promise<{ readonly url: string; readonly until: number }>;
  close(env: string): Promise<void>;
  restore(previews: readonly (Preview & { readonly env: string })[]): void;
  /** What is to be known of those that are open. */
  notes(): readonly string[];
};

/** The ways out of environments. */
export type DoorPort = {
  open(env: string): Promise<string>;
  admit(env: string, hosts: readonly string[]): Promise<void>;
  close(env: string): Promise<void>;
};

/** What a host does its work with. */
export type ExecutorPort = {
  readonly engine: Engine;
  readonly previews: PreviewPort;
  readonly doors: DoorPort;
  /** The program inside that leads to the door, and what other programs are given to go through it; both words without spaces. */
  readonly way?: { readonly argv: readonly string[]; readonly vars: Readonly<Record<string, string>> };
};
