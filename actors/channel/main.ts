import { runKind } from "#runtime/process.ts";
import { channel } from "./kind.ts";

await runKind(channel);
