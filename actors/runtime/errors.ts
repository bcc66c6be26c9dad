import type { Address } from "#subjects/mod.ts";

/** An error that the runtime knows how to go on from; each class says how. */
export abstract class RuntimeError extends Error {
  abstract readonly code: string;
}

/** Somebody else wrote to the log since we read it. */
export class Fenced extends RuntimeError {
  override readonly name = "Fenced";
  readonly code = "fenced";
  readonly address: Address;
  readonly seq: number;

  constructor(address: Address, seq: number) {
    super(`log of ${address} moved past seq ${seq}; read it again before judging`);
    this.address = address;
    this.seq = seq;
  }
}

/** Mail that nobody can ever handle; it becomes a dead letter. */
export class Unhandleable extends RuntimeError {
  override readonly name = "Unhandleable";
  readonly code: "unreadable" | "unknown-verb" | "malformed" | "forged" | "misaddressed" | "decide-threw" | "too-large";

  constructor(code: Unhandleable["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** How long what nobody here can read yet is put off. Units: ms. */
export const PUT_OFF_MS = 1_000;

/** Mail or an event of a schema newer than ours: a newer process will read it. */
export class NewerSchema extends RuntimeError {
  override readonly name = "NewerSchema";
  readonly code = "newer-schema";

  constructor(what: string, version: number, known: number) {
    super(`${what} has schema version ${version}, this process knows ${known}; start a newer version of it`);
  }
}

/** The work was given up because the partition is no longer ours or the process stops. */
export class Closed extends RuntimeError {
  override readonly name = "Closed";
  readonly code = "closed";

  constructor() {
    super("this activation is closed; its owner elsewhere goes on");
  }
}

/** Our user may not do this on the bus; only a change of the contract mends that. */
export class NotAllowed extends RuntimeError {
  override readonly name = "NotAllowed";
  readonly code = "not-allowed";

  constructor(cause: Error) {
    super(`the bus refused it (${cause.message}); use a key that has the right`, { cause });
  }
}

/** The bus did not answer in time, or the connection under the request went away. */
export class BusSilent extends RuntimeError {
  override readonly name = "BusSilent";
  readonly code = "bus-silent";

  constructor(reason: string, cause?: unknown) {
    super(`the bus did not answer (${reason}); it is asked again`, { cause });
  }
}

/** A question got no answer, or an answer that says why there is none. */
export class Unanswered extends RuntimeError {
  override readonly name = "Unanswered";
  readonly code = "unanswered";

  constructor(address: Address, question: string, why: string, cause?: unknown) {
    super(`${address} does not tell its ${question}: ${why}; see thalassa ps, and ask again`, { cause });
  }
}

/** An artifact cannot be kept under this name. */
export class BadArtifactName extends RuntimeError {
  override readonly name = "BadArtifactName";
  readonly code = "bad-artifact-name";

  constructor(name: string, shape: string) {
    super(`${JSON.stringify(name.slice(0, 80))} names no artifact of ours; one is ${shape}`);
  }
}

/** An artifact that is there in part only, or is not what was put. */
export class ArtifactDamaged extends RuntimeError {
  override readonly name = "ArtifactDamaged";
  readonly code = "artifact-damaged";

  constructor(name: string, why: string, cause?: unknown) {
    super(`artifact ${name} cannot be read: ${why}; put it anew`, { cause });
  }
}
