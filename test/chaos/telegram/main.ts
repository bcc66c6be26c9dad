import { randomInt } from "node:crypto";
import { readOptions } from "./options.ts";
import { keep, reportOn } from "./report.ts";
import { runTelegramChaos } from "./run.ts";

/** Seeds are chosen below this where none is given. */
const SEEDS = 1_000_000;

const options = readOptions(process.argv.slice(2), randomInt(1, SEEDS));
process.stdout.write(
  `chaos of Telegram with seed ${options.seed}; --seed ${options.seed} makes the same choices again\n`,
);
const outcome = await runTelegramChaos(options);
if (options.out !== undefined) keep(outcome, options.out);
const { details, summary } = reportOn(outcome);
process.stdout.write([...details, ...summary, ""].join("\n"));
process.exitCode = outcome.violations.length === 0 ? 0 : 1;
