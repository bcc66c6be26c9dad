import { createHash } from "node:crypto";
import {
  type Address,
  HEADERS,
  isAddress,
  isToken,
  type KindContract,
  parseAddress,
  REFUSAL,
  type RETURNS,
} from "#subjects/mod.ts";
import type { Refusal, StepInput } from "./actor.ts";
import type { Bus, Delivery } from "./bus.ts";
import type { Unhandleable } from "./errors.ts";
import type { ReadMail } from "./intake.ts";
import { mailVersion } from "./outbox.ts";

/** What giving mail back needs. */
export type ReturnsPort = { readonly bus: Bus; readonly contracts: readonly KindContract[] };

/** Tells the sender of refused mail, and whoever looks on, why it is not wanted. */
export async function answerRefusal(
  port: ReturnsPort,
  address: Address,
  mail: ReadMail,
  refusal: Refusal,
  signal: AbortSignal,
): Promise<void> {
  const { id, from, verb, at } = mail.input;
  const told = { id, verb, code: refusal.code, reason: refusal.reason };
  port.bus.live(address, REFUSAL, told);
  await giveBack(port, "refused", { address, id, from, at }, told, signal);
}

/** Puts mail that nobody can handle among the dead letters and tells its sender, so that nobody waits for ever. */
export async function buryMail(
  port: ReturnsPort,
  delivery: Delivery,
  error: Unhandleable,
  signal: AbortSignal,
): Promise<void> {
  const { address, body, headers, seq } = delivery;
  const verb = isToken(delivery.verb) ? delivery.verb : "unknown";
  const id = delivery.header(HEADERS.id) ?? "";
  const told = { id, verb, code: error.code, reason: error.message };
  await port.bus.bury(
    { address, verb, id, key: `${seq}`, code: error.code, reason: error.message, body, headers },
    signal,
  );
  port.bus.live(address, REFUSAL, told);
  const sender = delivery.header(HEADERS.from);
  const from = sender !== undefined && isAddress(sender) ? sender : undefined;
  const at = Number(delivery.header(HEADERS.time)) || 0;
  if (error.code !== "forged") await giveBack(port, "bounced", { address, id, from, at }, told, signal);
  delivery.terminate(error.code);
}

/** Puts a step's result that its own kind cannot judge among the dead letters. */
export async function buryOutcome(
  { bus }: ReturnsPort,
  address: Address,
  eventId: string,
  input: StepInput<unknown>,
  error: Unhandleable,
  signal: AbortSignal,
): Promise<void> {
  const id = `${eventId}:${input.id}`;
  const body = Buffer.from(JSON.stringify(input) ?? "");
  const { code, message: reason } = error;
  await bus.bury({ address, verb: input.type, id, key: id, code, reason, body, headers: {} }, signal);
}

async function giveBack(
  { bus, contracts }: ReturnsPort,
  verb: (typeof RETURNS)[number],
  mail: { readonly address: Address; readonly id: string; readonly from: Address | undefined; readonly at: number },
  data: object,
  signal: AbortSignal,
): Promise<void> {
  const { address, id, from, at } = mail;
  if (from === undefined || !takes(contracts, from, verb)) return;
  const version = mailVersion(contracts, parseAddress(from).kind);
  const correlation = id;
  await bus.post(
    { to: from, verb, data, id: returnId(address, id, verb), at, version, from: address, correlation, trace: "" },
    signal,
  );
}

/** The same for repeats of one mail, and another for mail of the same id to another actor; however long that id is. */
function returnId(address: Address, mailId: string, verb: string): string {
  const digest = createHash("sha256").update(`${address} ${mailId}`).digest("base64url").slice(0, 22);
  return `${digest}:${verb}`;
}

function takes(contracts: readonly KindContract[], address: Address, verb: string): boolean {
  const kind = address.split(".")[1];
  const contract = contracts.find((candidate) => candidate.kind === kind);
  return contract !== undefined && Object.hasOwn(contract.mail, verb);
}
