import type { Msg, MsgHdrs } from "@nats-io/transport-node";
import type { Client } from "#runtime/mod.ts";
import type { Passing } from "./tap-line.ts";

/** Listens in on a subject, and says when the connection comes and goes; ends with the signal. */
export async function tapBus(
  client: Client,
  subject: string,
  listener: {
    readonly onMessage: (passing: Passing) => void;
    readonly onLink: (connected: boolean) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const unlisten = client.wire.listen(({ type }) => type !== "refused" && listener.onLink(type === "reconnected"));
  const subscription = client.wire.nc.subscribe(subject, {
    callback: (error, message) => {
      if (error === null) listener.onMessage(passingOf(message));
    },
  });
  signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
  const refusal = await subscription.closed;
  unlisten();
  if (refusal instanceof Error) throw refusal;
}

function passingOf(message: Msg): Passing {
  const body = new TextDecoder().decode(message.data);
  return { subject: message.subject, at: Date.now(), headers: headersOf(message.headers), body };
}

function headersOf(headers: MsgHdrs | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((headers?.keys() ?? []).map((key) => [key, headers?.values(key).join(", ") ?? ""]));
}
