import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { headers } from "@nats-io/transport-node";
import { connectAs } from "#deploy/access.ts";
import { endProcess } from "#deploy/os-process.ts";
import { packageVersion } from "#deploy/package-version.ts";
import type { Client } from "#runtime/mod.ts";
import { HEADERS, OPERATOR, resolveChannel, subjectOf } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { Installation, Up } from "./installation.ts";
import { type Facts, FIXTURES } from "./kept-home.ts";

/**
 * Packs a home of this version, with everything in it that a later one has to understand, into `test/fixtures`.
 * Run by hand before a release: `node test/deploy/make-home.ts`.
 */
const ODD = "Grüße 👩‍🚀/№1.*>";
const LONG = "long";
const OPEN = "open";

/** Fits one snapshot and some events after it. */
const LONG_MESSAGES = 40;

const UNREADABLE = "{ no JSON ☠";

/** A fixture stands in every clone: it has to stay small. Units: bytes. */
const MAX_BYTES = 300 * 1024;

await using here = await Installation.create();
await converse();
const facts = await cutOff();
pack(facts);

/** Conversations that are at rest, a dead letter, and a stop in good order. */
async function converse(): Promise<void> {
  const up = await here.up();
  await here.run(["chat"], "my name is Ada\nwhat is my name?\n");
  await here.run(["chat", "--channel", ODD], "日本語 and 🏳️‍🌈\n\u202Eright to left\nthe last line\n");
  await here.run(
    ["chat", "--channel", LONG],
    Array.from({ length: LONG_MESSAGES }, (_, at) => `line ${at}\n`).join(""),
  );
  await using client = await connectAs(OPERATOR, bus());
  const head = headers();
  head.set(HEADERS.id, "unreadable-1");
  head.set(HEADERS.time, `${Date.now()}`);
  await client.wire.js.publish(subjectOf(resolveChannel(ODD, "terminal"), "in", "hear"), UNREADABLE, { headers: head });
  await eventually(
    async () => (await here.run(["dead", "--json"])).out,
    (out) => out.includes("unreadable-1"),
  );
  await up.end();
}

/** A message whose answer is under way when the process that thinks and the one that watches it are killed. */
async function cutOff(): Promise<Facts> {
  const ports = ["--port", `${here.port}`, "--monitor-port", "0"];
  const up = new Up(here.spawn(["up", "--no-chat", "--json", ...ports], { THALASSA_OFFLINE_DELAY_MS: "60000-60000" }));
  await up.saw(({ event }) => event === "up");
  const text = "are you still there?";
  await here.run(["send", OPEN, text]);
  const log = await eventually(
    () => recordsOf(OPEN),
    (records) => records.length > 0,
  );
  await using client = await connectAs(OPERATOR, bus());
  const found = {
    logs: Object.fromEntries(
      await Promise.all(
        ["default", ODD, LONG, OPEN].map(
          async (name) => [resolveChannel(name, "terminal"), await recordsOf(name)] as const,
        ),
      ),
    ),
    snapshot: { address: resolveChannel(LONG, "terminal"), seq: await snapshotSeq(client) },
    open: { address: resolveChannel(OPEN, "terminal"), seq: log[0]?.seq ?? 0, text },
    dead: { seq: 1, body: UNREADABLE },
  };
  const exited = once(up.child, "exit");
  for (const pid of [up.pidOf("channel"), up.child.pid ?? 0]) process.kill(pid, "SIGKILL");
  await exited;
  for (const pid of up.pids) await endProcess(pid, 10_000);
  return found;
}

/** What is made anew on every start, or can be fetched, is left out; so is what names this machine. */
function pack(found: Facts): void {
  const name = `home-${packageVersion()}`;
  mkdirSync(FIXTURES, { recursive: true });
  const archive = join(FIXTURES, `${name}.tar.gz`);
  const left = ["cache", "logs", "tap.json", "up.lock", "up.pid"].map((part) => `--exclude=./${part}`);
  execFileSync("tar", [...left, "--sort=name", "--owner=0", "--group=0", "-czf", archive, "-C", here.root, "."]);
  writeFileSync(join(FIXTURES, `${name}.json`), `${JSON.stringify(found, null, 1)}\n`);
  const bytes = statSync(archive).size;
  if (bytes > MAX_BYTES) throw new Error(`${archive} has ${bytes} bytes, of ${MAX_BYTES}`);
  process.stdout.write(`${archive}: ${bytes} bytes\n`);
}

async function recordsOf(channel: string): Promise<Facts["logs"][string]> {
  const { out, err } = await here.run(["log", resolveChannel(channel, "terminal"), "--json"]);
  if (err !== "") throw new Error(err);
  return out.trim() === ""
    ? []
    : out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
}

async function snapshotSeq(client: Client): Promise<number> {
  const subject = `$KV.STATE.${resolveChannel(LONG, "terminal")}`;
  const found = await client.wire.jsm.streams.getMessage("KV_STATE", { last_by_subj: subject });
  const newest = (await recordsOf(LONG)).at(-1)?.seq ?? 0;
  const { seq } = found?.json<{ readonly seq: number }>() ?? { seq: 0 };
  if (seq > 0 && seq < newest) return seq;
  throw new Error(`the snapshot of ${LONG} is at ${seq}, and its log at ${newest}: there have to be events after it`);
}

function bus(): { readonly url: string; readonly keysDir: string } {
  return { url: `nats://127.0.0.1:${here.port}`, keysDir: join(here.root, "keys") };
}
