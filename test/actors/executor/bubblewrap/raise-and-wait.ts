import { bubblewrapEngine } from "#actors/executor/bubblewrap/mod.ts";
import { BOUNDS } from "./bed.ts";

/** An executor that raises an environment, begins a program in it, says so, and is killed then. */
const [, , dir = "", doorDir = ""] = process.argv;
const engine = bubblewrapEngine({ dir });
await engine.up({ env: "left", bounds: BOUNDS, doorDir }, AbortSignal.timeout(30_000));
await engine.detach("left", ["sh", "-c", "sleep 1000; true"]);
process.stdout.write("raised\n");
setInterval(() => undefined, 1_000);
