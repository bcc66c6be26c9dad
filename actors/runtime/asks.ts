import { type ServiceMsg, Svcm } from "@nats-io/services";
import { type Moment, parseSubject, STATE, stateQuestionSchema } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import { Closed, NewerSchema } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Logger } from "./logger.ts";
import type { Wire } from "./wire.ts";

/** What a process says of itself in the statistics of its service. Units: memory in bytes. */
export type ProcessStatus = {
  readonly process: string;
  readonly host: string;
  readonly pid: number;
  readonly partitions: number;
  readonly actors: number;
  readonly steps: number;
  readonly memoryBytes: number;
};

/** Semantic version that `nats micro` shows for a contract of this schema version. */
function serviceVersion(contractVersion: number): string {
  return `${contractVersion}.0.0`;
}

/**
 * Lists this process as a service, which `nats micro` shows, and answers the read-only questions of its actors. Every
 * process of a kind hears every question; the one that serves the actor's partition answers.
 */
export async function serveAsks(
  wire: Wire,
  kind: AnyKind,
  host: Host,
  logger: Logger,
  status: () => ProcessStatus,
): Promise<void> {
  const { contract } = kind;
  const service = await new Svcm(wire.nc).add({
    name: contract.kind,
    version: serviceVersion(contract.version),
    description: contract.about,
    metadata: { process: status().process, host: status().host, pid: `${status().pid}` },
    queue: "",
    statsHandler: () => Promise.resolve(status()),
  });
  for (const question of [STATE, ...Object.keys(contract.asks)]) {
    const subject = `thalassa.*.${contract.kind}.*.ask.${question}`;
    service.addEndpoint(question, { subject, handler: (error, message) => error ?? answer(host, message, logger) });
  }
  void service.stopped.then((error) => {
    if (error !== null && !wire.nc.isDraining() && !wire.nc.isClosed())
      logger.error({ err: error }, "questions can no longer be answered");
  });
}

function answer(host: Host, message: ServiceMsg, logger: Logger): void {
  const { address, name } = parseSubject(message.subject);
  if (!host.serves(address)) return;
  const moment = readMoment(message.data);
  if (moment === undefined) {
    message.respondError(400, `ask ${name} with {}, {"seq": 17} or {"time": 1790000000000}`);
    return;
  }
  host
    .ask(address, name, moment)
    // What the bus does not take, for its size, throws here.
    ?.then((said) => message.respond(JSON.stringify(said)))
    .catch((error: unknown) => {
      const { code, why } = refusalOf(error);
      if (code === UNEXPECTED) logger.warn({ address, question: name, err: error }, "a question could not be answered");
      else logger.debug({ address, question: name, err: error }, "a question went unanswered");
      message.respondError(code, why);
    })
    // Whoever asked is told nothing once the connection is gone.
    .catch(() => {});
}

const UNEXPECTED = 500;

/** Why a question gets no answer, as whoever asks is told. */
function refusalOf(error: unknown): { readonly code: number; readonly why: string } {
  if (error instanceof NewerSchema) return { code: 501, why: error.message };
  if (error instanceof Closed) return { code: 503, why: "its process is busy with others or hands it over; ask again" };
  return { code: UNEXPECTED, why: "its process could not answer; the log of that says why" };
}

/** Of when an answer is wanted; undefined when that cannot be read. */
function readMoment(body: Uint8Array): Moment | undefined {
  if (body.length === 0) return {};
  try {
    return stateQuestionSchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined;
  }
}
