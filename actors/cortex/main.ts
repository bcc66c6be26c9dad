import { limitsFrom } from "#models/mod.ts";
import { runKind } from "#runtime/mod.ts";
import { cortexKind, slotRulesFrom } from "./kind.ts";

await runKind(cortexKind(limitsFrom(process.env), slotRulesFrom(process.env)));
