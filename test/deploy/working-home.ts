import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { engineOf } from "#actors/executor/engines.ts";
import { executorOptionsFrom } from "#actors/executor/options.ts";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type ExecutorEvent, executorContract } from "#subjects/executor.ts";
import { type Address, addressOf, OPERATOR, readEvent } from "#subjects/mod.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";
import { eventually } from "#support/eventually.ts";
import { workspaceImage } from "#support/workspace-image.ts";
import { type Ended, Installation, Up } from "./installation.ts";

const HOST = "test";

type Env = Readonly<Record<string, string>>;

/** How a job came out, for whoever began it and waited. */
export type Job = { readonly id: string; readonly address: Address; readonly state: string; readonly result: string };

/** An installation that is up and whose jobs have environments; what they leave in the engine goes with it. */
export class WorkingHome implements AsyncDisposable {
  readonly here: Installation;
  readonly client: Client;
  readonly #env: Env;
  #up: Up;

  private constructor(here: Installation, up: Up, client: Client, env: Env) {
    this.here = here;
    this.#up = up;
    this.client = client;
    this.#env = env;
  }

  /** Starts everything, so that jobs are done in environments of that engine. */
  static async start(engine: "docker" | "bubblewrap", more: Env = {}): Promise<WorkingHome> {
    if (engine === "docker") await workspaceImage();
    const here = await Installation.create();
    const env = { THALASSA_HOST: HOST, THALASSA_EXECUTOR_ENGINE: engine, THALASSA_PREVIEW_PORT: "0", ...more };
    const up = await begin(here, env);
    const seed = readSeed(join(here.root, "keys"), OPERATOR);
    const url = `nats://127.0.0.1:${here.port}`;
    const client = await Client.connect({ url, user: OPERATOR, seed, name: "test" });
    return new WorkingHome(here, up, client, env);
  }

  /** Runs a command to its end. */
  thalassa(...args: readonly string[]): Promise<Ended> {
    return this.here.run(args, "", this.#env);
  }

  /** Somebody who talks in a conversation by a pipe that stays open. */
  chat(channel: string): Talking {
    return new Talking(this.here.spawn(["chat", "--obey", "--channel", channel], this.#env));
  }

  /** The process of that name which was started last. */
  pidOf(name: string): number {
    return this.#up.pidOf(name);
  }

  /** Begins a job and waits for its end. */
  async job(text: string): Promise<Job> {
    const { out, err } = await this.thalassa("job", "start", text, "--wait", "--json");
    assert.notEqual(out, "", err);
    return JSON.parse(out);
  }

  /** What stands in the log of a job. */
  async story({ address }: Pick<Job, "address">): Promise<readonly WorkerEvent[]> {
    return (await this.client.history(address)).flatMap((record) => readEvent(workerContract, record) ?? []);
  }

  /** What came of each of its tool calls, in order. */
  async used(job: Pick<Job, "address">): Promise<readonly string[]> {
    return (await this.story(job)).flatMap((event) => (event.type === "used" ? [event.data.text] : []));
  }

  /** What stands in the log of its executor. */
  async executorLog(): Promise<readonly ExecutorEvent[]> {
    const records = await this.client.history(addressOf("main", executorContract.kind, HOST));
    return records.flatMap((record) => readEvent(executorContract, record) ?? []);
  }

  /** Ends everything in good order and starts it again. */
  async restart(): Promise<void> {
    await this.#up.end();
    this.#up = await begin(this.here, this.#env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.#up.end();
    const { root } = this.here;
    const engine = await engineOf(executorOptionsFrom({ ...this.#env, HOME: root, THALASSA_HOME: root }, HOST));
    for (const { env } of await engine.list()) await engine.down(env, { keep: false });
    await this.here[Symbol.asyncDispose]();
  }
}

/** A chat whose lines are typed one by one. */
export class Talking implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #said = { out: "", err: "" };

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#said.out += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said.err += text;
    });
  }

  /** Types a line and waits for the line that answers it. */
  async type(line: string): Promise<string> {
    const { length } = this.#said.out;
    this.#child.stdin?.write(`${line}\n`);
    await eventually(
      () => ({ out: this.#said.out.slice(length), err: this.#said.err }),
      ({ out }) => out.includes("\n"),
    );
    return this.#said.out.slice(length).trimEnd();
  }

  /** Waits until it was told something like that beside the answers; gives it. */
  async told(like: RegExp): Promise<RegExpExecArray> {
    await eventually(
      () => this.#said.err,
      (err) => like.test(err),
    );
    const match = like.exec(this.#said.err);
    assert.ok(match);
    return match;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}

async function begin(here: Installation, env: Env): Promise<Up> {
  const args = ["up", "--no-chat", "--no-http", "--json", "--port", `${here.port}`, "--monitor-port", "0"];
  const up = new Up(here.spawn(args, env));
  await up.saw((line) => line.event === "up");
  return up;
}
