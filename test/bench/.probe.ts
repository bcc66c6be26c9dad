import { Bed } from "./bed.ts";
import { untilSettled, partitionsOf, channelIn } from "./owners.ts";
await using bed = await Bed.make();
const env = { THALASSA_LOG: "debug" };
const a = await bed.startChannel(env), b = await bed.startChannel(env);
await untilSettled(bed, [a, b]);
const orphans = await partitionsOf(bed, a);
const n = b.lines.length; const t = Date.now();
void a.kill();
const r = await bed.speaker.say(channelIn(orphans[0]!), "x");
console.log(r.ms, orphans.length);
for (const l of b.lines.slice(n)) { const { time, level, process, ...x } = l; console.log(time - t, JSON.stringify(x)); }
