import type { ServerResponse } from "node:http";
import type { Bridge } from "./bridge.ts";

/** Waits for something, but no longer than that, and only while the asker is there and the bridge goes on. Units: ms. */
export async function whileAsked<T>(
  bridge: Bridge,
  awaited: Promise<T>,
  ms: number,
  asker: ServerResponse | undefined,
): Promise<T | undefined> {
  if (bridge.isStopping || asker?.closed === true) return undefined;
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const giveUp = (): void => resolve(undefined);
  const timer = setTimeout(giveUp, ms);
  const forget = bridge.whenStopping(giveUp);
  asker?.once("close", giveUp);
  awaited.then(resolve);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    forget();
    asker?.off("close", giveUp);
  }
}
