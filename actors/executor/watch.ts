import { setTimeout as delay } from "node:timers/promises";
import type { Tools } from "#runtime/mod.ts";
import { ORDERS } from "#subjects/order.ts";
import { type Coming, wordsOf } from "./coming.ts";
import type { Brought } from "./judge-end.ts";
import type { Looked } from "./judge-look.ts";
import type { ExecutorPort } from "./port.ts";
import type { WatchStep } from "./steps.ts";

/** How long an engine that is away, or keeps falling silent, is left alone, at first and at most. Units: ms. */
const PAUSE_MS = { first: 250, most: 30_000 } as const;

/** Whatever the engine tells, it is looked at again after so long. Units: ms. */
const LOOK_MS = 60_000;

/** An engine that tells for so long is not one that keeps falling silent. Units: ms. */
const STEADY_MS = 5_000;

/** Most times that a look is repeated because something came or went meanwhile. */
const MOST_LOOKS = 5;

/**
 * Watches the engine for as long as the process lives: looks at what is there, tells of it, listens to what happens, and looks again. What
 * a process has to have open for environments that are up is opened first.
 */
export async function watch(
  step: WatchStep,
  port: ExecutorPort,
  coming: Coming,
  tools: Pick<Tools<Brought>, "emit" | "signal">,
): Promise<never> {
  const { signal } = tools;
  await restore(step, port);
  let stopped: Looked["stopped"];
  for (let pause: number = PAUSE_MS.first; ; ) {
    const isThere = await look(port, coming, tools.emit, stopped);
    const beganAt = performance.now();
    stopped = isThere ? await listen(port, tools) : undefined;
    const isSteady = isThere && (performance.now() - beganAt > STEADY_MS || stopped !== undefined);
    pause = isSteady ? PAUSE_MS.first : Math.min(2 * pause, PAUSE_MS.most);
    signal.throwIfAborted();
    if (!isSteady) await delay(pause, undefined, { signal });
  }
}

/** What cannot be opened again is missing to programs, and ends nothing. */
async function restore({ previews, doors }: WatchStep, port: ExecutorPort): Promise<void> {
  if (previews.length > 0) port.previews.restore(previews);
  const opened = doors.map(async ({ env, hosts }) => {
    await port.doors.open(env);
    if (hosts.length > 0) await port.doors.admit(env, hosts);
  });
  await Promise.allSettled(opened);
}

/** Tells how the engine is and what is there; says whether it can be used. */
async function look(
  { engine, previews }: ExecutorPort,
  { touched }: Coming,
  emit: Tools<Brought>["emit"],
  stopped: Looked["stopped"],
): Promise<boolean> {
  const { problem, notes } = await engine.probe().catch((error: unknown) => ({ problem: wordsOf(error), notes: [] }));
  const told = {
    type: "looked",
    engine: engine.name,
    notes: [...notes, ...previews.notes()],
    ...(stopped === undefined ? {} : { stopped }),
  } as const;
  if (problem !== undefined) {
    await emit({ ...told, problem });
    return false;
  }
  for (let looks = 1; ; looks++) {
    touched.clear();
    const listed = await engine.list().catch((error: unknown) => wordsOf(error));
    if (typeof listed === "string") {
      await emit({ ...told, problem: listed });
      return false;
    }
    // What came or went meanwhile may be listed as it was before.
    if (touched.size > 0 && looks < MOST_LOOKS) continue;
    const known = listed.filter(({ env }) => ORDERS.up.shape.env.safeParse(env).success);
    const found = known.map(({ env, state }) => ({ env, state }));
    await emit(touched.size > 0 ? told : { ...told, found });
    return true;
  }
}

/** Listens until something stops, the engine falls silent, or it is time to look again; gives why what stopped did. */
async function listen(
  { engine }: ExecutorPort,
  { emit, signal }: Pick<Tools<Brought>, "emit" | "signal">,
): Promise<Looked["stopped"]> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), LOOK_MS);
  try {
    for await (const { env, type, why } of engine.watch(AbortSignal.any([signal, enough.signal]))) {
      if (type === "stopped") return { env, why };
      await emit({ type: "suspect", env, why });
    }
  } catch {
    // An engine that cannot be listened to is looked at.
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
  return undefined;
}
