import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, type Goal } from "./figure.ts";

const GOALS: readonly Goal[] = [
  { of: "p95", most: 1_500 },
  { of: "p99", most: 5_000 },
];

/** Chaos says what it did and saw in files, one JSON object a line. Units: ms since 1970. */
const messageSchema = z.object({ id: z.string(), sentAt: z.number() });
const faultSchema = z.object({
  type: z.string(),
  at: z.number(),
  others: z.number(),
  untilAt: z.number().nullable(),
});
const recordSchema = z.object({
  event: z.string(),
  seq: z.number(),
  cause: z.string().optional(),
  storedAt: z.number(),
  data: z.unknown(),
});
const answerSchema = z.object({ answers: z.array(z.number()) });

type Fault = z.output<typeof faultSchema>;

/** How long people wait while everything is killed and stopped, one process at least being there to answer. */
export const tail: Bench = {
  name: "tail",
  about: "turns of 20 to 500 ms of model while three processes and the server are killed and stopped; one always runs",
  run: measureTail,
};

async function measureTail({ quick, report }: BenchRun): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thalassa-bench-"));
  try {
    const size = quick ? ["--short"] : ["--messages", "1500", "--faults", "150"];
    const args = [
      resolve("test/chaos/main.ts"),
      ...size,
      "--plain",
      "--processes",
      "3",
      "--seed",
      "4242",
      "--out",
      folder,
    ];
    await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
    const faults = readRows(join(folder, "faults.jsonl"), faultSchema);
    const turns = turnsOf(folder);
    const served = turns.filter((turn) => !faults.some((fault) => isOutage(fault) && overlaps(fault, turn)));
    const samples = served.map(({ sentAt, saidAt }) => saidAt - sentAt);
    report(figure(`tail: a turn among ${faults.length} faults`, "ms", samples, GOALS));
    report(figure("tail: turns left out, nobody was there", "", [turns.length - served.length]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Turn = { readonly sentAt: number; readonly saidAt: number };

/** Each message from being sent first to its answer being stored. */
function turnsOf(folder: string): readonly Turn[] {
  const log = readRows(join(folder, "log.jsonl"), recordSchema);
  const heard = new Map(log.flatMap(({ event, cause, seq }) => (event === "heard" ? [[cause, seq] as const] : [])));
  const answered = new Map(
    log.flatMap(({ data, storedAt }) => {
      const { data: said } = answerSchema.safeParse(data);
      return (said?.answers ?? []).map((seq) => [seq, storedAt] as const);
    }),
  );
  return readRows(join(folder, "messages.jsonl"), messageSchema).map(({ id, sentAt }) => {
    const saidAt = answered.get(heard.get(id) ?? 0);
    if (saidAt === undefined) throw new Error(`message ${id} was never answered; a message is lost`);
    return { sentAt, saidAt };
  });
}

/** A stopped server, or the last process gone: what nothing could have answered under. */
function isOutage({ type, others }: Fault): boolean {
  return type === "server-stop" || (type !== "server-kill" && others === 0);
}

function overlaps({ at, untilAt }: Fault, { sentAt, saidAt }: Turn): boolean {
  return at < saidAt && (untilAt ?? Number.POSITIVE_INFINITY) > sentAt;
}

function readRows<T extends z.ZodType>(path: string, schema: T): readonly z.output<T>[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}
