import { thinkOn } from "#actors/thinking/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { channelKind } from "./kind.ts";

await runKindOf(channelContract, (offers) => channelKind(thinkOn("channel", process.env, offers)));
