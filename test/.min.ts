import { startServer } from "#support/server.ts"; import { jetstream } from "@nats-io/jetstream"; import { spawnSync } from "node:child_process";
const drops = ["none", "core.INFO", "core.STREAM.NAMES", "core.STREAM.LIST", "core.STREAM.MSG.GET.", "core.DIRECT.GET.LOG_CHANNEL\"", "core.DIRECT.GET.KV_VIEWS.>", "core.CONSUMER.CREATE.LOG_CHANNEL\"", "core.CONSUMER.CREATE.KV_VIEWS\"", "core.CONSUMER.CREATE.LOG_CHANNEL.>","core.CONSUMER.DELETE.", "core.CONSUMER.INFO.", "core.CONSUMER.MSG.NEXT.", "core.STREAM.INFO."];
for (const d of drops) {
  await using s = await startServer({ conf: (t) => t.split("\n").filter((l) => !(d !== "none" && l.startsWith('            "') && l.includes(`"${d}`))).join("\n") });
  const op = await s.connect("operator"); const js = jetstream(op); await js.publish("commit.main.channel.a.heard", "x"); await js.publish("$KV.VIEWS.channels.main.a", "v"); await js.publish("thalassa.main.channel.a.dead.hear", "{}");
  const run = (...a: string[]) => { const r = spawnSync("/tmp/gobin/nats", ["--server", s.url, "--nkey", `${s.keysDir}/tap.nk`, "--inbox-prefix", "_INBOX_tap", "--js-api-prefix", "core", "--timeout", "1s", ...a], { timeout: 2500, encoding: "utf8" }); return r.stdout + r.stderr; };
  const tty = (c: string) => { const r = spawnSync("script", ["-qfc", `timeout 2 /tmp/gobin/nats --server ${s.url} --nkey ${s.keysDir}/tap.nk --inbox-prefix _INBOX_tap --js-api-prefix core --timeout 1s ${c}`, "/dev/null"], { timeout: 3000, encoding: "utf8" }); return r.stdout + r.stderr; };
  const ok: Record<string, boolean> = { ls: run("stream", "ls").includes("LOG_CHANNEL"), info: run("stream", "info", "LOG_CHANNEL").includes("commit."), get: run("stream", "get", "LOG_CHANNEL", "1").includes("x\n"), view: tty("stream view LOG_CHANNEL 1").includes("Subject: commit"), kvls: run("kv", "ls").includes("VIEWS"), kvkeys: run("kv", "ls", "VIEWS").includes("channels.main.a"), kvget: run("kv", "get", "VIEWS", "channels.main.a").includes("v"), kvwatch: run("kv", "watch", "VIEWS").includes("PUT") };
  console.log(d.padEnd(36), Object.entries(ok).filter(([, v]) => !v).map(([k]) => k).join(" ") || "all fine");
}
process.exit(0);
