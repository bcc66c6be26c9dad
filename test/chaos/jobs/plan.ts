import { randomBytes } from "node:crypto";
import type { Chance } from "#chaos/chance.ts";
import { type Assignment, workerOf } from "#subjects/job.ts";
import type { Address, Who } from "#subjects/mod.ts";

/** One line of shell that counts itself, and all that it writes. Shape of `id`: `7.3`, the fourth step of the seventh job. */
export type PlannedStep = {
  readonly id: string;
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
};

/** A job as it is meant to go. Units: ms. */
export type PlannedJob = {
  readonly address: Address;
  /** The id of the mail that begins it. */
  readonly mail: string;
  readonly who: Who;
  readonly assignment: Assignment;
  /** What it has run, one order each; the last one reads out what was counted. */
  readonly steps: readonly PlannedStep[];
  /** What is counted in the end. */
  readonly counted: readonly string[];
  /** It is sent once more so long after the first time, under the same id. */
  readonly againAfterMs?: number;
  /** A person ends it so long after it was begun. */
  readonly abortAfterMs?: number;
};

/** The file of the workspace in which each step counts itself. */
export const COUNT_FILE = "count.txt";

/** Whom jobs are of; each may have so many at once. */
const PEOPLE = ["ada", "ben", "cleo"] as const;

/** Of a hundred jobs. */
const SHARES = { run: 18, again: 15, abort: 14 } as const;

const STEPS = { from: 3, to: 7 } as const;

const ABORTED_AFTER_MS = { from: 500, to: 12_000 } as const;

/** Jobs are planned before anything is broken. `lasting` marks what programs leave running: no other process has it in its arguments. */
export function planJobs(chance: Chance, jobs: number, lasting: string): readonly PlannedJob[] {
  return Array.from({ length: jobs }, (_, index) => planJob(chance, index + 1, lasting));
}

function planJob(chance: Chance, number: number, lasting: string): PlannedJob {
  const mail = randomBytes(9).toString("base64url");
  const isRun = chance.between(1, 100) <= SHARES.run;
  const isAgain = chance.between(1, 100) <= SHARES.again;
  const isAborted = chance.between(1, 100) <= SHARES.abort;
  const ids = Array.from({ length: chance.between(STEPS.from, STEPS.to) }, (_, at) => `${number}.${at + 1}`);
  const doing = ids.map((id) => stepOf(id, chance, lasting));
  const reading: PlannedStep = {
    id: `${number}.end`,
    line: `cat ${COUNT_FILE}`,
    stdout: ids.map((id) => `${id}\n`).join(""),
    stderr: "",
  };
  const steps = isRun ? [joined([...doing, reading])] : [...doing, reading];
  const text = isRun ? (steps[0]?.line ?? "") : `Job ${number}\n${steps.map(({ line }) => `$ ${line}`).join("\n")}`;
  return {
    address: workerOf("main", mail),
    mail,
    who: { party: "terminal", id: chance.pick(PEOPLE) },
    assignment: { type: isRun ? "run" : "task", text },
    steps,
    counted: ids,
    ...(isAgain ? { againAfterMs: chance.between(0, 3_000) } : {}),
    ...(isAborted ? { abortAfterMs: chance.between(ABORTED_AFTER_MS.from, ABORTED_AFTER_MS.to) } : {}),
  };
}

function joined(steps: readonly PlannedStep[]): PlannedStep {
  return {
    id: steps.map(({ id }) => id).join("+"),
    line: steps.map(({ line }) => line).join("; "),
    stdout: steps.map(({ stdout }) => stdout).join(""),
    stderr: steps.map(({ stderr }) => stderr).join(""),
  };
}

/** A step counts itself first, and then writes numbered lines: few, slowly, 200 KB, to both outputs, or leaves something running. */
function stepOf(id: string, chance: Chance, lasting: string): PlannedStep {
  const counts = `echo ${id} >>${COUNT_FILE}`;
  const step = (does: string, stdout: string, stderr = ""): PlannedStep => {
    return { id, line: `${counts}; ${does}`, stdout, stderr };
  };
  switch (chance.pick(["few", "slow", "much", "both", "lasting"] as const)) {
    case "few":
      return step(
        `seq -f '${id} few %g' 1 40`,
        numbered(40, (at) => `${id} few ${at}`),
      );
    case "slow": {
      const turns = chance.between(3, 12);
      const loop = `for i in $(seq 1 ${turns}); do echo "${id} slow $i"; sleep 0.15; done`;
      return step(
        loop,
        numbered(turns, (at) => `${id} slow ${at}`),
      );
    }
    case "much":
      return step(
        `seq -f '${id} much %05.0f ${RULE}' 1 4000`,
        numbered(4_000, (at) => `${id} much ${padded(at)} ${RULE}`),
      );
    case "both": {
      const does = `seq -f '${id} out %g' 1 20; sleep 0.4; seq -f '${id} err %g' 1 20 >&2`;
      return step(
        does,
        numbered(20, (at) => `${id} out ${at}`),
        numbered(20, (at) => `${id} err ${at}`),
      );
    }
    case "lasting":
      return step(`sleep ${lasting} >/dev/null 2>&1 & echo '${id} goes on'`, `${id} goes on\n`);
  }
}

/** Makes a line long. */
const RULE = "-".repeat(36);

function padded(at: number): string {
  return String(at).padStart(5, "0");
}

function numbered(lines: number, line: (at: number) => string): string {
  return Array.from({ length: lines }, (_, at) => `${line(at + 1)}\n`).join("");
}
