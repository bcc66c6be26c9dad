import { randomInt } from "node:crypto";
import { workspaceImage } from "#support/workspace-image.ts";
import { readOptions } from "./options.ts";
import { keep, reportOn } from "./report.ts";
import { runJobChaos } from "./run.ts";

/** Seeds are chosen below this where none is given. */
const SEEDS = 1_000_000;

const options = readOptions(process.argv.slice(2), randomInt(1, SEEDS));
process.stdout.write(`chaos of jobs with seed ${options.seed}; --seed ${options.seed} makes the same choices again\n`);
await workspaceImage();
const outcome = await runJobChaos(options);
if (options.out !== undefined) keep(outcome, options.out);
const { details, summary } = reportOn(outcome);
process.stdout.write([...details, ...summary, ""].join("\n"));
process.exitCode = outcome.violations.length === 0 ? 0 : 1;
