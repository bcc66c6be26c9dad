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
