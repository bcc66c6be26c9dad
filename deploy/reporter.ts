import { styleText } from "node:util";
import { pino } from "pino";
import { scrubberOf, secretValues } from "#subjects/scrub.ts";
import type { ProgramEvent } from "./supervised.ts";

/** Where what `up` has to say goes. */
export type Reporter = {
  /** What happened to a program. */
  event(event: ProgramEvent): void;
  /** Something else that a person or a log wants to know. `fields` go with it where lines are JSON. */
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** For people alone. */
  text(text: string): void;
  /** From now on these values are told to nobody, as those in the environment are not. */
  hide(values: readonly string[]): void;
};

/** Lines of JSON as pino writes them; what a child said is passed on with its own fields. */
export function jsonReporter(): Reporter {
  const veil = new Veil();
  const hooks = { streamWrite: (line: string) => veil.over(line) };
  const logger = pino({ base: { process: "supervisor" }, hooks }, pino.destination({ sync: true }));
  return {
    event(event) {
      if (event.type !== "said") {
        const { type, ...rest } = event;
        logger[type === "died" ? "error" : "info"]({ event: type, ...rest }, sentenceOf(event) ?? type);
        return;
      }
      const { fields, message, level } = event.line;
      const { level: _, time: __, msg: ___, ...own } = fields;
      const method = level >= 50 ? "error" : level >= 40 ? "warn" : "info";
      logger[method]({ ...own, program: event.name }, message);
    },
    note: (message, fields = {}) => logger.info(fields, message),
    text() {},
    hide: (values) => veil.add(values),
  };
}

/** A friendly line an event; `print` may change while it runs, when a chat takes the terminal. */
export function friendlyReporter(print: (line: string) => void): Reporter {
  const veil = new Veil();
  return {
    event(event) {
      const sentence = sentenceOf(event);
      if (sentence !== undefined) print(veil.over(`${markOf(event)} ${sentence}`));
    },
    note: (message) => print(veil.over(`  ${message}`)),
    text: (text) => print(text),
    hide: (values) => veil.add(values),
  };
}

/** What hides secrets, of which more become known while we run. */
class Veil {
  #values = secretValues(process.env);
  #scrub = scrubberOf(this.#values);

  add(values: readonly string[]): void {
    this.#values = [...this.#values, ...values];
    this.#scrub = scrubberOf(this.#values);
  }

  over(text: string): string {
    return this.#scrub(text);
  }
}

/** One sentence for people; nothing where there is nothing worth telling. */
export function sentenceOf(event: ProgramEvent): string | undefined {
  switch (event.type) {
    case "started":
      return undefined;
    case "ready":
      return `${event.name} is ${event.again ? "back" : "ready"} (process ${event.pid})`;
    case "died":
      return `${event.name} died (${event.how}); starting it again ${inSeconds(event.againInMs)}`;
    case "stopped":
      return `${event.name} ${event.forced ? "did not stop in time and was killed" : "stopped"}`;
    case "said":
      return event.line.level >= 40 ? `${event.name}: ${event.line.message}` : undefined;
  }
}

function inSeconds(ms: number): string {
  return ms === 0 ? "now" : `in ${ms / 1_000} s`;
}

function markOf(event: ProgramEvent): string {
  if (event.type === "died") return styleText("red", "✖");
  if (event.type === "said") return styleText(event.line.level >= 50 ? "red" : "yellow", "!");
  if (event.type === "stopped") return styleText("dim", "▪");
  return styleText("green", "✔");
}
