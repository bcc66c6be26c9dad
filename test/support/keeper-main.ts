import { runKind } from "#runtime/mod.ts";
import { anyKeeper, keeperContract } from "./keeper.ts";

await runKind(anyKeeper, [keeperContract]);
