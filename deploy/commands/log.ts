import { logLines } from "#bridges/terminal/log-line.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { actorNamed, readerOf } from "#deploy/actor-name.ts";
import { requirePast } from "#deploy/actor-past.ts";
import { BadUse } from "#deploy/failure.ts";
import { untilInterrupted } from "#deploy/interrupt.ts";
import type { LogRecord } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";

/** Shows an actor's history, and follows it where asked to, also one that is still to begin. Throws: ActorWithoutLog. */
export async function log(
  name: string,
  options: { readonly from?: string; readonly follow?: true; readonly json?: true },
): Promise<number> {
  const address = await actorNamed(name);
  const fromSeq = seqOf(options.from);
  await using client = await connectAs(readerOf(address), findBus());
  const print = (record: LogRecord): void => {
    const lines = options.json ? [JSON.stringify(record)] : logLines(record);
    process.stdout.write(`${lines.join("\n")}\n`);
  };
  const past = await client.history(address, fromSeq);
  for (const record of past) print(record);
  if (past.length === 0 && !options.follow) await requirePast(address);
  if (past.length === 0 && !options.json) process.stderr.write(`thalassa: ${nothing(address, fromSeq)}\n`);
  if (!options.follow) return 0;
  const signal = untilInterrupted();
  using _follower = client.follow(address, { fromSeq: past.at(-1)?.seq ?? fromSeq, onRecord: print });
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  return 0;
}

/** The sequence before the first one wanted. */
function seqOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Math.max(Number(text) - 1, 0);
  throw new BadUse(`--from ${text} is no sequence`, "use a number as the log shows it after #, for example --from 42");
}

function nothing(address: Address, fromSeq: number): string {
  return fromSeq === 0 ? `nothing has happened to ${address} yet` : `nothing has happened to ${address} since`;
}
