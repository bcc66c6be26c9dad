import { z } from "zod";
import { askedFor, type Daemon, statusOf } from "./daemon.ts";
import { LABELS, nameOf } from "./names.ts";
import { dropWorkspace, releaseWorkspace } from "./workspace.ts";

const ownedSchema = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
});

/** Ends an environment at once, and throws its workspace away unless it is kept. Throws: EngineError. */
export async function lower(daemon: Daemon, env: string, keep: boolean): Promise<void> {
  const answer = await askedFor("look at a container", daemon.api.getContainer(nameOf(env)).inspect());
  const there = answer === undefined ? undefined : ownedSchema.parse(answer);
  if (there !== undefined && there.Config.Labels?.[LABELS.executor] === daemon.options.executor)
    await endContainer(daemon, there.Id);
  if (keep) await releaseWorkspace(daemon, env);
  else await dropWorkspace(daemon, env);
}

/** Kills and removes a container; it is no news without a `why`. One that is going or gone is fine. Throws: EngineError. */
export async function endContainer(daemon: Daemon, id: string, why?: string): Promise<void> {
  daemon.ending.set(id, why);
  const container = daemon.api.getContainer(id);
  try {
    await askedFor("remove a container", container.remove({ force: true }));
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    // Somebody else is at it: gone is what counts.
    await askedFor("see a container go", container.wait({ condition: "removed" }));
  }
}
