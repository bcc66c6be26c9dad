import { FORK, forkSchema, HEADERS, isAddress, parseTraceparent, type Trace, upgraded } from "#subjects/mod.ts";
import type { AnyKind, MailInput } from "./actor.ts";
import type { Delivery } from "./bus.ts";
import { NewerSchema, Unhandleable } from "./errors.ts";

/** Mail that was read and found good, with what the runtime itself needs of its headers. */
export type ReadMail = {
  readonly input: MailInput<{ readonly verb: string; readonly data: unknown }>;
  readonly correlation: string;
  readonly trace: Trace | undefined;
};

/** Bodies by name. */
type Schemas = AnyKind["contract"]["mail"];

/** Longest mail id that is believed. Units: characters. */
const MAX_ID = 256;

/**
 * Reads a delivery into an input for `decide`.
 * Throws: Unhandleable when nobody can ever read it; NewerSchema when a newer process will.
 */
export function readMail(kind: AnyKind, delivery: Delivery): ReadMail {
  const id = honestId(delivery);
  const version = Number(delivery.header(HEADERS.version) ?? "1");
  const known = kind.contract.version;
  if (!Number.isInteger(version) || version < 1)
    throw new Unhandleable("malformed", `${HEADERS.version} is no version`);
  if (version > known) throw new NewerSchema(`${delivery.verb} to ${delivery.address}`, version, known);
  const from = delivery.header(HEADERS.from);
  const correlation = delivery.header(HEADERS.correlation);
  const at = Number(delivery.header(HEADERS.time));
  return {
    input: {
      type: "mail",
      id,
      at: Number.isFinite(at) ? at : 0,
      ...readBody(kind, delivery, version),
      ...(from !== undefined && isAddress(from) ? { from } : {}),
    },
    correlation: correlation === undefined || correlation.length > MAX_ID ? id : correlation,
    trace: parseTraceparent(delivery.header(HEADERS.trace)),
  };
}

/** The mail's id, once it is clear that it was sent here on purpose. */
function honestId(delivery: Delivery): string {
  const id = delivery.header(HEADERS.id);
  const scheduler = delivery.header(HEADERS.scheduler);
  if (delivery.header(HEADERS.stream) !== undefined) {
    const message = "it is an answer of the server that somebody had sent here; find who named this reply";
    throw new Unhandleable("forged", message);
  }
  if (delivery.misaddressed === true) {
    throw new Unhandleable("misaddressed", "its subject names no actor; escape ids as =XX before they go on a subject");
  }
  if (id === undefined || id === "" || id.length > MAX_ID) {
    throw new Unhandleable("forged", `it lacks a ${HEADERS.id} header of 1 to ${MAX_ID} characters; send it with one`);
  }
  if (scheduler !== undefined && !scheduler.startsWith(`thalassa.${delivery.address}.at.`)) {
    const message = `it is a timer that ${scheduler} set for somebody else; a timer is mail to oneself`;
    throw new Unhandleable("forged", message);
  }
  return id;
}

/** The verb and body of mail, of whatever version, as the contract has them today. */
function readBody(
  kind: AnyKind,
  delivery: Delivery,
  version: number,
): { readonly verb: string; readonly data: unknown } {
  const { contract } = kind;
  const schemas: Schemas = { ...contract.mail, [FORK]: forkSchema };
  const sent = { name: delivery.verb, data: readJson(delivery.body) };
  const { name, data } = upgraded(contract.upgrades?.mail, sent, version, contract.version);
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema === undefined) {
    const verbs = Object.keys(schemas).join(", ");
    throw new Unhandleable("unknown-verb", `${contract.kind} takes no ${name}; it takes ${verbs}`);
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { verb: name, data: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "its body" : issue.path.join(".");
  throw new Unhandleable("malformed", `${where}: ${issue?.message ?? "does not fit the schema"}`);
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new Unhandleable("unreadable", "its body is not JSON in UTF-8", cause);
  }
}
