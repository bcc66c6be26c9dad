import { type ServiceMsg, Svcm } from "@nats-io/services";
import { parseSubject } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
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
  for (const question of ["state", ...Object.keys(contract.asks)]) {
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
  host.ask(address, name)?.then(
    (said) => message.respond(JSON.stringify(said)),
    (error: unknown) => {
      logger.debug({ address, question: name, err: error }, "a question went unanswered");
      message.respondError(503, "its actor is moving; ask again");
    },
  );
}
