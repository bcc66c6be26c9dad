import { setTimeout as delay } from "node:timers/promises";
import type { Tools } from "#runtime/mod.ts";
import type { OrderResult } from "#subjects/order.ts";
import { Coming, wordsOf } from "./coming.ts";
import { crowded } from "./crowded.ts";
import { EngineError } from "./engine.ts";
import { exec } from "./exec.ts";
import { failed } from "./failed.ts";
import { doFile } from "./files.ts";
import { kill } from "./journal.ts";
import type { Brought } from "./judge-end.ts";
import type { ExecutorPort } from "./port.ts";
import type { ExecutorStep, OrderStep } from "./steps.ts";
import { getFile, putFile } from "./transfer.ts";
import { watch } from "./watch.ts";

/** An engine that does not answer is asked so often, with growing pauses, before an order has failed. Units: ms. */
const TRIES = { most: 6, firstMs: 200 } as const;

/** So often something is tried in an environment in which nothing can be begun; a program is longer by itself. */
const CROWDED_TRIES = 5;

/** Makes the `perform` of a host: the only part of it that does anything. */
export function performWith(port: ExecutorPort) {
  const coming = new Coming(port);
  return async (step: ExecutorStep, tools: Tools<Brought>): Promise<Brought> => {
    switch (step.type) {
      case "watch":
        return watch(step, port, coming, tools);
      case "up":
        return coming.up(step, tools.signal);
      case "down":
        return coming.down(step, tools.signal);
      case "order": {
        const { env, order } = step;
        return { type: "finished", env, order: order.data.order, result: await done(step, port, tools) };
      }
    }
  };
}

/** What came of an order: whatever goes wrong is a result too, unless nobody wants it any more. */
async function done(step: OrderStep, port: ExecutorPort, tools: Tools<Brought>): Promise<OrderResult> {
  const { order } = step;
  for (let tries = 1; ; tries++) {
    try {
      if (order.verb !== "exec") return await short(step, port, tools);
      const { boot, done: known } = step;
      return await exec(port.engine, order.data, { boot, done: known, vars: port.way?.vars ?? {} }, tools);
    } catch (error) {
      tools.signal.throwIfAborted();
      const code = error instanceof EngineError ? error.code : "not-done";
      const isOver = order.verb === "exec" || tries === CROWDED_TRIES;
      if (error instanceof EngineError && code === "refused" && isOver) return await ended(step, error, tools);
      if (code !== "refused" && (code !== "engine" || tries === TRIES.most)) {
        return failed(code, `It was not done: ${wordsOf(error)}`);
      }
    }
    await delay(TRIES.firstMs * 2 ** tries, undefined, { signal: tools.signal });
  }
}

/** An environment in which nothing can be begun is let go, as nothing in it can be ended otherwise; its orders come to that. */
async function ended({ env }: OrderStep, error: EngineError, { emit }: Tools<Brought>): Promise<OrderResult> {
  const why = crowded(error);
  await emit({ type: "suspect", env, why });
  return failed("interrupted", why);
}

/** Orders that are simply done again after a crash. */
async function short({ env, order }: OrderStep, port: ExecutorPort, tools: Tools<Brought>): Promise<OrderResult> {
  const { engine, previews, doors, way } = port;
  const { signal } = tools;
  switch (order.verb) {
    case "exec":
      throw new TypeError("a program is no short order");
    case "kill":
      await kill(engine, env, order.data.of, signal);
      return { type: "done", text: "It was ended, and all that it began." };
    case "file":
      return doFile(engine, order.data, signal);
    case "get":
      return getFile(engine, order.data, tools);
    case "put":
      return putFile(engine, order.data, tools);
    case "preview": {
      const { url, until } = await previews.open(env, order.data.port, order.data.minutes);
      return { type: "preview", url, until };
    }
    case "admit":
      await doors.admit(env, order.data.hosts);
      if (way !== undefined) await engine.detach(env, way.argv);
      return { type: "done", text: `Programs may reach ${order.data.hosts.join(", ")}.` };
  }
}
