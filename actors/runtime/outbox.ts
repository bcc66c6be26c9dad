import { type Address, formatTraceparent, type KindContract, parseAddress, spanOf } from "#subjects/mod.ts";
import type { AnyKind, Send } from "./actor.ts";
import type { Burial, Bus, LogRecord, OutgoingMail } from "./bus.ts";
import { eventOf, isOurs } from "./fold.ts";

/** What the outbox needs: where sends go, and the contracts that say which version a body has. */
export type OutboxPort = {
  readonly bus: Pick<Bus, "post" | "schedule" | "show" | "bury">;
  readonly kind: AnyKind;
  readonly contracts: readonly KindContract[];
};

/** The sends of a record: the same ones, under the same names, whenever and wherever they are derived. */
export function sendsOf(
  kind: Pick<AnyKind, "contract" | "sends">,
  record: LogRecord,
): readonly (readonly [string, Send])[] {
  return isOurs(record.event) ? [] : Object.entries(kind.sends(eventOf(kind.contract, record), record));
}

/** Whether sending them again would be seen by others: a view entry that stands already is not written anew. */
export function hasVisibleSends(kind: AnyKind, record: LogRecord): boolean {
  return sendsOf(kind, record).some(([, send]) => send.type !== "view");
}

/** Sends all that a committed record calls for and resolves when the bus has confirmed every one. */
export async function dispatch(port: OutboxPort, record: LogRecord, signal: AbortSignal): Promise<void> {
  const sends = sendsOf(port.kind, record);
  await Promise.all(sends.map(([name, send]) => dispatchOne(port, record, name, send, signal)));
}

/** The key of the entry that a send of an actor puts into a view. Shape: `channels.main.terminal-default`. */
export function viewKey(address: Address, { view, id }: Extract<Send, { type: "view" }>): string {
  const own = parseAddress(address);
  return `${view}.${own.agent}.${id ?? own.id}`;
}

/** The schema version of mail to a kind, as far as this process knows it. */
export function mailVersion(contracts: readonly KindContract[], kind: string): number {
  return contracts.find((contract) => contract.kind === kind)?.version ?? 1;
}

function dispatchOne(
  { bus, contracts }: OutboxPort,
  record: LogRecord,
  name: string,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  if (send.type === "view") return bus.show(viewKey(record.address, send), send.data, record.seq, signal);
  if (send.type === "dead") return bus.bury(burialOf(record, name, send), signal);
  const to = send.type === "mail" ? send.to : record.address;
  const mail: OutgoingMail = {
    to,
    verb: send.verb,
    data: send.data,
    id: `${record.id}:${name}`,
    at: record.at,
    version: mailVersion(contracts, parseAddress(to).kind),
    from: record.address,
    cause: record.id,
    correlation: record.correlation,
    trace: formatTraceparent({ traceId: record.traceId, spanId: spanOf(record.id) }),
  };
  if (send.type === "mail") return bus.post(mail, signal);
  const { dueAt } = send;
  return bus.schedule({ ...mail, at: dueAt, name: `${name}-${record.id}`, dueAt }, signal);
}

function burialOf(record: LogRecord, name: string, send: Extract<Send, { type: "dead" }>): Burial {
  const { verb, data, code, reason } = send;
  const id = `${record.id}:${name}`;
  const body = Buffer.from(JSON.stringify(data));
  return { address: record.address, verb, id, key: id, code, reason, body, headers: {} };
}
