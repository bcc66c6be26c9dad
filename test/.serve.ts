import { startServer } from "#support/server.ts"; import { TEST_KINDS } from "#support/contracts.ts"; import { jetstream } from "@nats-io/jetstream"; import { Svcm } from "@nats-io/services"; import { writeFileSync } from "node:fs";
await using s = await startServer({ kinds: TEST_KINDS, conf: (t) => (process.env.TRACE ? "debug: true\ntrace: true\n" : "") + t });
const op = await s.connect("operator"); const js = jetstream(op);
for (let i = 0; i < 3; i++) await js.publish("commit.main.channel.a.heard", `{"text":"ev${i}"}`, { msgID: `e${i}` });
await js.publish("$KV.VIEWS.channels.main.a", '{"seq":1}');
await js.publish("thalassa.main.channel.a.dead.hear", '{"reason":"x"}');
const ch = await s.connect("channel");
try { const svc = await new Svcm(ch).add({ name: "channel", version: "1.0.0" }); svc.addEndpoint("status", { subject: "thalassa.*.channel.*.ask.status", handler: (e, m) => m.respond("fine") }); } catch (e) { console.log(e); }
writeFileSync("/tmp/rights/env", `S=${s.url}\nK=${s.keysDir}/tap.nk\nT=${s.keysDir}\n`);
setInterval(async () => { await js.publish("commit.main.channel.a.said", '{"text":"tick"}'); }, 1000);
console.log("up", s.url);
await new Promise((r) => setTimeout(r, Number(process.env.FOR ?? 60) * 1000)); process.exit(0);
