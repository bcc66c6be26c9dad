import { createInterface } from "node:readline";
import { z } from "zod";
import { EngineError, type EngineEvent } from "#actors/executor/engine.ts";
import { asked, type Daemon } from "./daemon.ts";
import { LABELS, ofExecutor } from "./names.ts";

const eventSchema = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
});

type DockerEvent = z.output<typeof eventSchema>;

/** So often memory may run out within a minute before it looks like more than a greedy program. */
const STORM = { times: 20, withinMs: 60_000 } as const;

/** What happened lately to the containers of an executor. */
type Lately = {
  /** When memory ran out, by container. Units: ms since 1970. */
  readonly short: Map<string, readonly number[]>;
  /** Containers whose end was told. */
  readonly told: Set<string>;
};

/** What Docker tells of the containers of this executor from `sinceMs` on, until `signal` or its own end. Throws: EngineError. */
export async function* events(daemon: Daemon, sinceMs: number, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const { api, options } = daemon;
  const filters = { type: ["container"], label: [ofExecutor(options)], event: ["die", "oom", "destroy", "pause"] };
  const query = { filters: JSON.stringify(filters), since: sinceMs / 1_000, abortSignal: signal };
  const lately: Lately = { short: new Map(), told: new Set() };
  try {
    const stream = await asked("tell what happens", api.getEvents(query));
    for await (const line of createInterface({ input: stream })) {
      const event = eventSchema.safeParse(JSON.parse(line)).data;
      const told = event === undefined ? undefined : toldOf(event, daemon, lately);
      if (told !== undefined) yield told;
    }
  } catch (error) {
    // A stream that breaks off is an engine that is gone; so is its end.
    if (error instanceof EngineError && !signal.aborted) throw error;
  }
}

function toldOf(event: DockerEvent, daemon: Daemon, lately: Lately): EngineEvent | undefined {
  const { ID, Attributes } = event.Actor;
  const env = Attributes[LABELS.env];
  if (env === undefined) return undefined;
  if (event.Action === "oom") return shortOfMemory(env, ID, lately);
  const why = daemon.ending.has(ID) ? daemon.ending.get(ID) : whyOf(event, lately);
  const known = lately.told.has(ID);
  if (event.Action === "destroy") forget(ID, daemon, lately);
  else lately.told.add(ID);
  return known || why === undefined ? undefined : { env, type: "stopped", why };
}

function whyOf({ Action, Actor }: DockerEvent, { short }: Lately): string {
  if (Action === "pause") return "somebody paused it";
  if (Action === "destroy") return "somebody removed it";
  if (short.has(Actor.ID)) return "its memory ran out";
  return `its first process ended with ${Actor.Attributes.exitCode ?? "an unknown code"}`;
}

function shortOfMemory(env: string, id: string, { short }: Lately): EngineEvent | undefined {
  const now = Date.now();
  const times = [...(short.get(id) ?? []), now].filter((at) => at > now - STORM.withinMs);
  short.set(id, times);
  if (times.length < STORM.times) return undefined;
  short.set(id, []);
  return { env, type: "suspect", why: `its memory ran out ${STORM.times} times within a minute` };
}

function forget(id: string, { ending }: Daemon, { short, told }: Lately): void {
  ending.delete(id);
  short.delete(id);
  told.delete(id);
}
