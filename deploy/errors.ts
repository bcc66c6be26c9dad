/** What a command ends with: 0 good, 1 failed, 2 wrong use, 3 cannot reach the bus. */
export type ExitCode = 0 | 1 | 2 | 3;

/** What a person is told when something goes wrong. */
type ErrorParts<Code extends string> = {
  /** A literal that scripts may match. */
  readonly code: Code;
  /** What is true. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** 1 unless told. */
  readonly exitCode?: Exclude<ExitCode, 0>;
  readonly cause?: unknown;
};

/** Base of every failure the CLI shows to a person: `message` is what is true, `hint` what to do next. */
export class ThalassaError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly exitCode: Exclude<ExitCode, 0>;

  constructor({ code, message, hint, exitCode = 1, cause }: ErrorParts<Code>) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The line of an error that a person needs. `fetch` says only that it failed; what happened is in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(error instanceof TypeError && cause instanceof Error)) return error.message;
  const code = "code" in cause ? String(cause.code) : cause.name;
  return `${error.message}: ${cause.message || code}`;
}

/** Whether an error carries this literal code, as system errors (`ENOENT`) and our own do. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
