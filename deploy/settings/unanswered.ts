import { ThalassaError } from "#deploy/errors.ts";

/** Something is to be asked, and nobody is there to answer. */
class SetupUnanswered extends ThalassaError<"setup-unanswered"> {}

/** Throws: SetupUnanswered where something is open. Shape of `open`: `["--port", "--service or --no-service"]`. */
export function requireAnswered(open: readonly string[], hint: string): void {
  if (open.length === 0) return;
  throw new SetupUnanswered({
    code: "setup-unanswered",
    message: `nobody can be asked here, and these are open: ${open.join(", ")}`,
    hint,
    exitCode: 2,
  });
}
