import { thinkOn } from "#actors/thinking/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { channelKind } from "./kind.ts";

await runKindOf(channelContract, async (offers) => channelKind(await thinkOn("channel", process.env, offers)));
