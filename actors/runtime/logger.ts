import { pino } from "pino";

/** One line of a process's own log; shaped as pino takes it. */
type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where the runtime says what it does. Nothing of it is truth; that is in the streams. */
export type Logger = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
};

/** A logger that says nothing. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Lines of JSON on standard output, each of them as `scrub` leaves it: an error may hold what a request was sent with. */
export function jsonLogger(process: string, level: string, scrub: (text: string) => string): Logger {
  return pino({ level, base: { process }, hooks: { streamWrite: scrub } }, pino.destination({ sync: true }));
}
