import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runKindOf } from "#runtime/mod.ts";
import { executorContract } from "#subjects/executor.ts";
import { DOOR_ENV, doorArgv, doorsOn } from "./door/mod.ts";
import { engineOf } from "./engines.ts";
import { executorKind } from "./kind.ts";
import { executorOptionsFrom } from "./options.ts";
import { previewsOn } from "./preview/mod.ts";

await runKindOf(executorContract, async ({ host }) => {
  const options = executorOptionsFrom(process.env, host);
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const engine = await engineOf(options);
  return executorKind(options.rules, {
    engine,
    previews: previewsOn({ engine, ...options.previews }),
    doors: doorsOn({ dir: join(options.dir, "doors"), never: options.never }),
    way: { argv: doorArgv(), vars: DOOR_ENV },
  });
});
