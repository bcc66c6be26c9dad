import { thinkOn } from "#actors/thinking/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { branchContract } from "#subjects/branch.ts";
import { branchKind } from "./kind.ts";

await runKindOf(branchContract, async (offers) => branchKind(await thinkOn("branch", process.env, offers)));
