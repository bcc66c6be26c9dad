import { ThalassaError } from "#deploy/errors.ts";
import type { ServiceProgram } from "./program.ts";

/** How the service stands. */
export type ServiceState = {
  readonly installed: boolean;
  readonly running: boolean;
  /** In the manager's own words. Shape: `active (running)`. */
  readonly state: string;
  readonly pid?: number;
  /** Units: ms since 1970. */
  readonly sinceAt?: number;
  /** How often it was started again after a death. */
  readonly restarts?: number;
  readonly startsAt: "boot" | "login" | "never";
};

/** What runs services on this system. */
export type ServiceManager = {
  /** Where the definition of the service stands. */
  readonly file: string;
  /** The text of that definition. */
  define(program: ServiceProgram): string;
  /** Makes sure that there is somebody to run services here. Throws: ServiceTrouble. */
  require(): Promise<void>;
  /** Reads the definition anew and has it run at every start; gives what a person should know of that. */
  enable(): Promise<readonly string[]>;
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Undoes `enable`; the definition's file may be gone after. */
  disable(): Promise<void>;
  /** Hears that the definition's file is gone; gives what a person should know. */
  forget(): Promise<readonly string[]>;
  state(): Promise<ServiceState>;
  /** The program that prints what the service said, a line each. */
  history(follow: boolean): readonly [command: string, ...args: string[]];
};

/** Something about the service that a person has to put right. */
export class ServiceTrouble extends ThalassaError<
  "no-service-manager" | "service-unsupported" | "service-not-installed" | "service-needs-root" | "service-failed"
> {}

/** What to do where nobody runs services. */
export const BY_HAND =
  "have a supervisor of your own keep `thalassa up --no-chat` running, as it is (it logs JSON lines and stops in good order on SIGTERM), or in a container make it the command";
