import { waitingIn } from "./answer.ts";
import { type Made, madeFor, type Wanted } from "./offline-calls.ts";
import { foundOf, linesAbout, longQuote } from "./offline-past.ts";
import { queryIn, type Wish } from "./offline-wish.ts";
import { quote } from "./recall.ts";
import type { Line, Window } from "./window.ts";

/** What a thought on the side is asked. Shape: `[Task] what to eat tonight`. */
const TASK = /^\[Task\]\s+(?<task>[\s\S]*\S)/;

/** A task, the line that sets it, and what was told since. */
export type Task = { readonly task: string; readonly line: Line; readonly told: readonly Line[] };

/** The task of a thought on the side; undefined in a conversation. No person sets one: a person's line says whose it is. */
export function taskIn(window: Window): Task | undefined {
  const waiting = waitingIn(window);
  const at = waiting.findLastIndex(({ who, text }) => who === undefined && TASK.test(text));
  const line = waiting[at];
  const { task } = TASK.exec(line?.text ?? "")?.groups ?? {};
  return line === undefined || task === undefined ? undefined : { task, line, told: waiting.slice(at + 1) };
}

/** Concludes a thought on the side from the conversation before it, after a search where the task says so. */
export function concludeTask(
  { task, line, told }: Task,
  window: Window,
  offered: ReadonlySet<string>,
  made: readonly Made[],
): Wanted {
  const query = offered.has("look_back") ? queryIn(task) : undefined;
  const wish: Wish | undefined = query === undefined ? undefined : { tool: "look_back", query };
  const came = wish && madeFor(wish, made);
  if (wish !== undefined && came === undefined) return { text: "", wishes: [wish] };
  const before = window.lines.slice(0, window.lines.indexOf(line));
  const sentences = [
    `I thought about ${quote(task)}, with ${counted(before.length)} of the conversation before me${unseenOf(window)}.`,
    aboutIt(linesAbout(task, before)),
    ...(query === undefined || came === undefined ? [] : [lookedBack(query, came)]),
    ...(told.length === 0
      ? []
      : [`While I thought, I was told ${told.map(({ text }) => quote(text)).join(", then ")}.`]),
  ];
  return { text: sentences.join(" "), wishes: [] };
}

function lookedBack(query: string, { text, failed }: Made): string {
  return failed ? `I could not look back for ${quote(query)}: ${longQuote(text)}` : foundOf(query, text);
}

function aboutIt(lines: readonly Line[]): string {
  if (lines.length === 0) return "Nothing there is about it, and offline I know nothing more.";
  const said = lines.map(({ who, text }) => `${who?.name ?? who?.id ?? "somebody"} said ${quote(text)}`);
  return `About it, ${said.join(", and ")}.`;
}

function counted(lines: number): string {
  return lines === 1 ? "one line" : `${lines} lines`;
}

function unseenOf({ before }: Window): string {
  return before === 0 ? "" : ` (${before} earlier ${before === 1 ? "one is" : "ones are"} out of my sight)`;
}
