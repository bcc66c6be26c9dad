import { once } from "node:events";
import { Duplex } from "node:stream";
import { EngineError } from "#actors/executor/engine.ts";
import type { Daemon } from "./daemon.ts";
import { type Begun, begin, killMarked } from "./exec.ts";
import { type Frame, framesOf } from "./frames.ts";

/** What `socat` says when it has connected, and when the program inside has said its last. */
const SAYS = { connected: /successfully connected/, over: /socket 2 \(fd \d+\) is at EOF/ } as const;

/** How long an answer may take that comes after the last of what was asked. Units: s. */
const ANSWER_S = 600;

const BY_BASH = `exec 3<>"/dev/tcp/127.0.0.1/$0" || exit 1
echo successfully connected >&2; cat <&0 >&3 & cat <&3; kill $!`;

const BY_SOCAT = `command -v socat >/dev/null || exec bash -c "$1" "$0"
exec socat -d -d -t ${ANSWER_S} - "TCP4:127.0.0.1:$0"`;

/**
 * A connection to a port inside. The end of this side is passed on and answers still come; when the program inside ends its
 * side, the connection is over. Throws: EngineError, `refused` where nobody listens.
 */
export async function connected(daemon: Daemon, env: string, port: number): Promise<Duplex> {
  const begun = await begin(daemon, env, ["sh", "-c", BY_SOCAT, `${port}`, BY_BASH], true);
  const frames = framesOf(begun.wire);
  let said = "";
  while (true) {
    const { value, done } = await frames.next();
    if (done) throw new EngineError("refused", `nobody listens on port ${port} of ${env}: ${lastLine(said)}`);
    if (value.from === "stderr") said += value.data.toString("latin1");
    // What the program inside says at once may come before word that it is there.
    const { from, data } = value;
    if (from === "stdout") return duplexOf(daemon, env, begun, frames, { first: data, said });
    if (SAYS.connected.test(said)) return duplexOf(daemon, env, begun, frames, { said });
  }
}

/** What came before anybody could read it. */
type Early = { readonly first?: Buffer; readonly said: string };

function duplexOf(daemon: Daemon, env: string, begun: Begun, frames: AsyncGenerator<Frame>, early: Early): Duplex {
  const { wire, mark } = begun;
  let over = false;
  const duplex = new Duplex({
    allowHalfOpen: false,
    read: () => void duplex.emit("wanted"),
    // What is said to a program that has gone is lost, as on any connection; what it said is still to be read.
    write: (chunk, _encoding, done) => void (wire.writableEnded ? done() : wire.write(chunk, () => done())),
    final: (done) => void (wire.writableEnded ? done() : wire.end(() => done())),
    destroy: (error, done) => {
      wire.destroy();
      if (!over) void killMarked(daemon, env, mark);
      duplex.emit("wanted");
      done(error);
    },
  });
  const pass = async (): Promise<void> => {
    let { said } = early;
    if (SAYS.over.test(said)) wire.end();
    if (early.first !== undefined) duplex.push(early.first);
    for await (const { from, data } of frames) {
      if (from === "stderr") {
        said = (said + data.toString("latin1")).slice(-1_000);
        if (SAYS.over.test(said)) wire.end();
      } else if (!duplex.push(data)) await once(duplex, "wanted");
      if (duplex.destroyed) return;
    }
    over = true;
    duplex.push(null);
  };
  pass().catch((error) => duplex.destroy(error instanceof Error ? error : new Error(String(error))));
  return duplex;
}

function lastLine(said: string): string {
  const told = said.split("\n").findLast((line) => / E |refused|error/i.test(line));
  return told?.replace(/^.* E /, "") ?? "it ended";
}
