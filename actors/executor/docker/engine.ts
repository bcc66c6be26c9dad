import type { Engine } from "#actors/executor/engine.ts";
import { turns } from "#actors/executor/turns.ts";
import { connected } from "./connection.ts";
import { daemonOf } from "./daemon.ts";
import { events } from "./events.ts";
import { detached } from "./exec.ts";
import { found } from "./found.ts";
import { lower } from "./lowering.ts";
import { measuring } from "./measuring.ts";
import type { DockerOptions } from "./options.ts";
import { choose, probe } from "./probing.ts";
import { raise } from "./raising.ts";
import { run } from "./running.ts";

/** Environments as containers of a Docker engine. Nothing is asked of it before it is used. Throws: ZodError. */
export function dockerEngine(options: DockerOptions): Engine {
  const daemon = daemonOf(options);
  const inTurn = turns();
  return {
    name: "docker",
    probe: async () => {
      const { problem, notes } = await probe(daemon);
      return problem === undefined ? { notes } : { problem, notes };
    },
    list: () => found(daemon),
    up: (spec, signal) => inTurn(spec.env, () => raise(daemon, spec, () => choose(daemon), signal)),
    down: (env, { keep }) => inTurn(env, () => lower(daemon, env, keep)),
    run: (env, argv, runOptions) => run(daemon, env, argv, runOptions),
    detach: (env, argv) => detached(daemon, env, argv),
    connect: (env, port) => connected(daemon, env, port),
    watch: (signal) => {
      const sinceMs = Date.now();
      return watched(
        () => events(daemon, sinceMs, signal),
        () => measuring(daemon),
      );
    },
  };
}

async function* watched<T>(source: () => AsyncIterable<T>, hold: () => Disposable): AsyncGenerator<T> {
  using _held = hold();
  yield* source();
}
