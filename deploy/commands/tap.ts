import { tapBus } from "#bridges/terminal/tap.ts";
import { type Passing, tapLine } from "#bridges/terminal/tap-line.ts";
import { tapSubject } from "#bridges/terminal/tap-pattern.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { untilInterrupted } from "#deploy/interrupt.ts";
import { TAP } from "#subjects/mod.ts";

/** Columns where nobody says how wide the output is. */
const COLUMNS = 160;

/** Watches the bus until it is interrupted. */
export async function tap(pattern: string, options: { readonly json?: true }): Promise<number> {
  const subject = tapSubject(pattern);
  await using client = await connectAs(TAP, findBus());
  const complain = (line: string): void => void process.stderr.write(`thalassa: ${line}\n`);
  if (process.stdout.isTTY && !options.json) complain(`watching ${subject}; Ctrl-C ends it`);
  await tapBus(
    client,
    subject,
    {
      onMessage: (passing) => process.stdout.write(`${options.json ? jsonOf(passing) : lineOf(passing)}\n`),
      onLink: (connected) => complain(connected ? "the bus is back" : "the bus is away; reconnecting"),
    },
    untilInterrupted(),
  );
  return 0;
}

function lineOf(passing: Passing): string {
  return tapLine(passing, process.stdout.columns ?? COLUMNS);
}

function jsonOf({ subject, headers, body }: Passing): string {
  try {
    return JSON.stringify({ subject, headers, body: JSON.parse(body) });
  } catch {
    return JSON.stringify({ subject, headers, body });
  }
}
