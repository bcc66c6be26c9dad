import { startServer } from "#support/server.ts"; import { TEST_KINDS } from "#support/contracts.ts";
import { jetstream, jetstreamManager, AckPolicy, DeliverPolicy } from "@nats-io/jetstream"; import { Kvm } from "@nats-io/kv"; import { headers } from "@nats-io/transport-node"; import { setTimeout as sleep } from "node:timers/promises";
await using s = await startServer({ kinds: TEST_KINDS });
const op = await s.connect("operator"); const ojs = jetstream(op), ojm = await jetstreamManager(op);
const dump = async (st: string) => { const i = await ojm.streams.info(st); console.log(`-- ${st}: ${i.state.messages}`); for (let q = i.state.first_seq; q <= i.state.last_seq; q++) try { const m = await ojm.streams.getMessage(st, { seq: q }); if (m) console.log(`   ${q} ${m.subject} [${[...m.header].map(([k, v]) => `${k}=${v}`).join(" ")}] ${m.string()}`); } catch {} };
const h = (o: any) => { const x = headers(); for (const k in o) x.set(k, o[k]); return x; };
await ojs.publish("commit.main.channel.a.heard", "ev1", { headers: h({ "Nats-Msg-Id": "e1", "Thalassa-Id": "mine" }), expect: { lastSubjectSequence: 0, lastSubjectSequenceSubject: "commit.main.channel.a.*" } });
await ojs.publish("commit.main.channel.a.heard", "ev2", { headers: h({ "Nats-Msg-Id": "e2" }), expect: { lastSubjectSequence: 1, lastSubjectSequenceSubject: "commit.main.channel.a.*" } });
await dump("LOG_CHANNEL");
const tap = await s.connect("tap"); const tm = await jetstreamManager(tap, { checkAPI: false });
const mkPush = async (name: string, deliver: string) => { try { const r = await tap.request(`$JS.API.CONSUMER.CREATE.LOG_CHANNEL.${name}`, JSON.stringify({ stream_name: "LOG_CHANNEL", config: { name, deliver_subject: deliver, ack_policy: "none", deliver_policy: "all", inactive_threshold: 5e9 } })); const j: any = r.json(); console.log(name, deliver, j.error ?? "created"); } catch (e) { console.log(name, String(e)); } };
await mkPush("p1", "thalassa.main.clerk.x.in.order"); await mkPush("p2", "commit.main.clerk.x.ordered"); await mkPush("p3", "commit.main.channel.a.said"); await mkPush("p4", "$KV.OWN.channel.3"); await mkPush("p5", "runtime.gone"); await mkPush("p6", "thalassa.main.channel.a.log.said"); await mkPush("p7","$JS.API.STREAM.DELETE.DEAD"); await mkPush("p8","commit.main.channel.b.said");
await sleep(500);
await dump("MAIL_CLERK"); await dump("LOG_CLERK"); await dump("LOG_CHANNEL"); await dump("KV_OWN"); await dump("DEAD").catch(e=>console.log("DEAD", e.message));
// pull with forged reply
try { const r = await tap.request(`$JS.API.CONSUMER.CREATE.LOG_CHANNEL.pull`, JSON.stringify({ stream_name: "LOG_CHANNEL", config: { name: "pull", ack_policy: "none", deliver_policy: "all", inactive_threshold: 5e9 } })); console.log((r.json() as any).error ?? "pull created");
tap.publish("$JS.API.CONSUMER.MSG.NEXT.LOG_CHANNEL.pull", JSON.stringify({ batch: 5, no_wait: true }), { reply: "thalassa.main.clerk.y.in.order" }); await tap.flush(); await sleep(200); await dump("MAIL_CLERK"); } catch (e) { console.log(e); }
