import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";

/** A socket behind which an engine is, as long as it is wanted to be there. */
export type EngineRelay = AsyncDisposable & {
  readonly path: string;
  /** From now on nobody is there, and who was connected is cut off. */
  readonly vanish: () => Promise<void>;
};

/** Stands between an engine and whoever uses it, so that it can go without being ended. */
export async function relayTo(engineSocket: string, path: string): Promise<EngineRelay> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: engineSocket, allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy()).on("close", () => open.delete(one));
      one.pipe(other);
    }
  });
  await once(server.listen(path), "listening");
  const vanish = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server.close(), "close");
    for (const socket of open) socket.destroy();
    await closed;
    await rm(path, { force: true });
  };
  return { path, vanish, [Symbol.asyncDispose]: vanish };
}
