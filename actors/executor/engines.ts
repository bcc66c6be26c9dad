import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { firstUsable } from "./engine-choice.ts";
import type { ExecutorOptions } from "./options.ts";

/** The engine that is preferred, with only what is needed of it loaded. Nothing is asked of it before it is used. */
export async function engineOf(options: ExecutorOptions): Promise<Engine> {
  switch (options.engine) {
    case "docker":
      return docker(options);
    case "bubblewrap":
      return bubblewrap(options);
    case "auto":
      return firstUsable([await docker(options), await bubblewrap(options)]);
  }
}

async function docker({ name, dir, image }: ExecutorOptions): Promise<Engine> {
  const { dockerEngine } = await import("./docker/mod.ts");
  const workspacesDir = join(dir, "workspaces");
  return dockerEngine({ executor: name, workspacesDir, ...(image === undefined ? {} : { image }) });
}

async function bubblewrap({ dir }: ExecutorOptions): Promise<Engine> {
  const { bubblewrapEngine } = await import("./bubblewrap/mod.ts");
  return bubblewrapEngine({ dir: join(dir, "bubblewrap") });
}
