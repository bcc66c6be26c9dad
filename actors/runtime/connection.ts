import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { inboxPrefix } from "#subjects/mod.ts";
import { isKeyRefused } from "./nats-errors.ts";

/** How to reach the bus as one of its users. */
export type BusAccess = {
  /** Shape: `127.0.0.1:4222`, several separated by commas. */
  readonly url: string;
  readonly user: string;
  /** The user's nkey seed. */
  readonly seed: Uint8Array;
  /** Name of the connection; a process's own name, so that the server's word of its death carries it. */
  readonly name: string;
};

/** The first connection is given up after this long, for an unknown key would otherwise wait for ever. Units: ms. */
const FIRST_CONNECT_MS = 5_000;

/** The bus cannot be reached, or does not let us in. */
export class BusUnreachable extends Error {
  override readonly name = "BusUnreachable";
  readonly code: "bus-unreachable" | "bus-key-refused";

  constructor(code: BusUnreachable["code"], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Connects, and stays connected: reconnects for ever within 50 ms of the server's return. Throws: BusUnreachable. */
export async function connectToBus({ url, user, seed, name }: BusAccess): Promise<NatsConnection> {
  try {
    return await connect({
      servers: url.split(","),
      name,
      authenticator: nkeyAuthenticator(seed),
      inboxPrefix: inboxPrefix(user),
      timeout: FIRST_CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 50,
      pingInterval: 2_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ignoreAuthErrorAbort: true,
    });
  } catch (cause) {
    if (isKeyRefused(cause)) {
      const hint = "use the key of the home that started this server, or start a server of your own";
      throw new BusUnreachable("bus-key-refused", `the bus at ${url} does not know this ${user} key; ${hint}`, cause);
    }
    const hint = "start it with `thalassa up`, or set THALASSA_NATS_URL to where it is";
    throw new BusUnreachable("bus-unreachable", `no bus answers at ${url}; ${hint}`, cause);
  }
}
