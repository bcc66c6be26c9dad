import { z } from "zod";
import type { Found } from "#actors/executor/engine.ts";
import { asked, type Daemon } from "./daemon.ts";
import { LABELS, ofExecutor } from "./names.ts";
import { workspaces } from "./workspace.ts";

const listedSchema = z.object({
  /** Units: seconds since 1970. */
  Created: z.number(),
  State: z.string(),
  Labels: z.record(z.string(), z.string()),
});

/** Every environment of this executor: what runs, and what only a workspace is left of. Throws: EngineError. */
export async function found(daemon: Daemon): Promise<readonly Found[]> {
  const { api, options } = daemon;
  const environments = new Map((await workspaces(daemon)).map((each) => [each.env, each]));
  const answer = await asked("list containers", api.listContainers({ filters: { label: [ofExecutor(options)] } }));
  for (const { Created, State, Labels } of z.array(listedSchema).parse(answer)) {
    const env = Labels[LABELS.env];
    if (env !== undefined && State === "running") environments.set(env, { env, state: "up", since: Created * 1_000 });
  }
  return [...environments.values()];
}
