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

const mkPush = async (c: any, st: string, name: string, deliver: string, filter = "") => { try { const r = await c.request(`$JS.API.CONSUMER.CREATE.${st}.${name}${filter ? "." + filter : ""}`, JSON.stringify({ stream_name: st, config: { name, deliver_subject: deliver, ack_policy: st.startsWith("MAIL") ? "explicit" : "none", deliver_policy: "all", ...(filter && { filter_subject: filter }) , inactive_threshold: 5e9 } })); const j: any = r.json(); console.log(name, deliver, j.error ?? "created"); } catch (e) { console.log(name, String(e)); } };

for (const x of ["thalassa.main.clerk.x.in.order","thalassa.main.clerk.x.dead.order", "thalassa.main.clerk.x.at.order","thalassa.main.channel.a.log.said"]) tap.subscribe(x, { callback: (e, m) => console.log("  tap heard", x, m.subject, m.string()) }); await tap.flush();
await mkPush(tap, "LOG_CHANNEL", "q1", "thalassa.main.clerk.x.in.order"); await mkPush(tap, "LOG_CHANNEL", "q2", "thalassa.main.clerk.x.dead.order"); await mkPush(tap, "LOG_CHANNEL", "q3", "thalassa.main.clerk.x.at.order"); await mkPush(tap, "LOG_CHANNEL", "q4", "thalassa.main.channel.a.log.said"); 
await sleep(400); for (const x of ["MAIL_CLERK", "DEAD", "TIMERS"]) await dump(x);
for await (const c of ojm.consumers.list("LOG_CHANNEL")) console.log(c.name, c.config.deliver_subject, c.push_bound, c.num_pending);
console.log("== hb / fc");
const r = await tap.request(`$JS.API.CONSUMER.CREATE.LOG_CHANNEL.hb`, JSON.stringify({ stream_name: "LOG_CHANNEL", config: { name: "hb", deliver_subject: "thalassa.main.clerk.hb.in.order", ack_policy: "none", deliver_policy: "new", idle_heartbeat: 1e8, flow_control: true, headers_only: true, inactive_threshold: 5e9 } })); console.log((r.json() as any).error ?? "hb");
tap.subscribe("thalassa.main.clerk.hb.in.order", { callback: (e, m) => console.log("  tap heard", m.subject, m.string(), m.headers?.code) });
await sleep(500); await dump("MAIL_CLERK");
console.log("== tap pull for a commit subject");
await tap.request(`$JS.API.CONSUMER.CREATE.LOG_CHANNEL.pull`, JSON.stringify({ stream_name: "LOG_CHANNEL", config: { name: "pull", ack_policy: "none", deliver_policy: "all", inactive_threshold: 5e9 } }));
tap.publish("$JS.API.CONSUMER.MSG.NEXT.LOG_CHANNEL.pull", JSON.stringify({ batch: 5, no_wait: true }), { reply: "commit.main.clerk.y.ordered" }); tap.publish("$JS.API.STREAM.NAMES", "", {reply: "commit.main.clerk.z.ordered"}); await tap.flush(); await sleep(200); await dump("LOG_CLERK"); await dump("LOG_CHANNEL");
