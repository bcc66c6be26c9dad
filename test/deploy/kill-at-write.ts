import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

// Preloaded into a command: it is killed, as by `kill -9`, right before the write of that number. Says how many there were.
const killAt = Number(process.env.KILL_AT);
let writes = 0;

function count(): void {
  writes++;
  if (writes === killAt) process.kill(process.pid, "SIGKILL");
}

const { linkSync, renameSync } = fs;
fs.linkSync = (...args: Parameters<typeof linkSync>): void => {
  count();
  linkSync(...args);
};
fs.renameSync = (...args: Parameters<typeof renameSync>): void => {
  count();
  renameSync(...args);
};
syncBuiltinESMExports();

// Any connection will do to reach what all clients have in common; none is made.
const options = { timeout: 1_000 };
const stand = { options, info: undefined, subscribe: () => ({}), _core: true } as unknown as NatsConnection;
const client: JetStreamClient = jetstream(stand, { checkAPI: false });
const shared: JetStreamClient = Object.getPrototypeOf(client);
const { publish } = shared;
shared.publish = function (...args: Parameters<JetStreamClient["publish"]>) {
  count();
  return publish.apply(this, args);
};
process.once("exit", () => process.stderr.write(`writes: ${writes}\n`));
