import { type ExitCode, reasonOf, ThalassaError } from "./errors.ts";
import { withoutSecrets } from "./secrets/hiding.ts";

/** A failure as a person or a script is told of it. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: Exclude<ExitCode, 0>;
};

/** Errors of other layers that mean something to whoever typed a command: "what is true; what to do". */
const EXIT_CODES: Readonly<Record<string, Exclude<ExitCode, 0>>> = {
  "bus-unreachable": 3,
  "bus-key-refused": 3,
  "bad-token": 2,
  "bad-use": 2,
  "text-too-long": 2,
  "job-missing": 2,
  "job-ambiguous": 2,
  "no-approval": 1,
  "job-refused": 1,
  "job-unanswered": 1,
};

/** What was typed cannot be meant. */
export class BadUse extends ThalassaError<"bad-use"> {
  constructor(message: string, hint: string) {
    super({ code: "bad-use", message, hint, exitCode: 2 });
  }
}

/** Reads any error as a failure. */
export function explain(error: unknown): Failure {
  if (error instanceof ThalassaError) {
    const { code, message, hint, exitCode } = error;
    return { code, message, hint, exitCode };
  }
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "failed";
  const exitCode = EXIT_CODES[code];
  if (exitCode === undefined) return { code, message: reasonOf(error), exitCode: 1 };
  const [, message = "", hint] = /^(.*?)(?:; (.*))?$/s.exec(error instanceof Error ? error.message : "") ?? [];
  return { code, message, exitCode, ...(hint === undefined ? {} : { hint }) };
}

/** Tells a failure on standard error; gives the exit code. `THALASSA_DEBUG` adds where it happened. */
export function tell(error: unknown, asJson: boolean): Exclude<ExitCode, 0> {
  const failure = explain(error);
  const { code, message, hint, exitCode } = failure;
  const said = hint === undefined ? message : `${message}\n${hint}`;
  const line = asJson ? JSON.stringify({ error: { code, message, hint } }) : `thalassa: ${said}`;
  const origin = process.env.THALASSA_DEBUG && error instanceof Error ? `${error.stack}\n` : "";
  process.stderr.write(withoutSecrets(`${line}\n${origin}`));
  return exitCode;
}
