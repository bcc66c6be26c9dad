import { runKind } from "#runtime/mod.ts";
import { channel } from "./kind.ts";

await runKind(channel);
