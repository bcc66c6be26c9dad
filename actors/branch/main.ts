import { thinkOn } from "#actors/thinking/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { branchContract } from "#subjects/branch.ts";
import { branchKind } from "./kind.ts";

await runKindOf(branchContract, (offers) => branchKind(thinkOn("branch", process.env, offers)));
