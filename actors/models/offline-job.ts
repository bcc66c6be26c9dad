import type { Task } from "./offline-branch.ts";
import type { Made, Wanted } from "./offline-calls.ts";
import { longQuote } from "./offline-past.ts";
import type { Wish } from "./offline-wish.ts";
import { quote } from "./recall.ts";

/** Most commands that one job has done. */
const MAX_COMMANDS = 40;

/** What came before a task is told of below such a line: what was run there is not run again. */
const PAST = /^\[What came before it\]$/m;

/** What a line of a task wants done. Shape: `$ make test`, `show port 8000`, `keep report.txt`. */
const LINES: readonly (readonly [when: RegExp, wish: (match: string) => Wish])[] = [
  [/^\s*\$\s+(\S.*)$/, (command) => ({ tool: "shell", command })],
  [/^\s*show port (\d{1,5})\.?\s*$/i, (port) => ({ tool: "preview", port: Number(port) })],
  [/^\s*keep (?:the file )?(\S+)\s*$/i, (path) => ({ tool: "artifact", do: "keep", path })],
];

/**
 * Does a job as far as it is told how: lines of its task that begin with `$` are run one after the other, and it ends with what
 * came of them, or with the first that failed.
 */
export function doJob({ task, told }: Task, made: readonly Made[]): Wanted {
  const [itself = ""] = task.split(PAST);
  const lines = [itself, ...told.map(({ text }) => text)].join("\n").split("\n");
  const wanted = lines.flatMap(wishesIn).slice(0, MAX_COMMANDS);
  const failed = made.find((each) => each.failed);
  const next = wanted[made.length];
  if (failed === undefined && next !== undefined) return { text: "", wishes: [next] };
  const came = made.map((each, at) => `${nameOf(wanted[at])}: ${longQuote(each.text)}`);
  if (wanted.length === 0) return { text: `${UNABLE} The task was ${quote(task)}.`, wishes: [] };
  const end = failed === undefined ? "That is done." : "It did not work, so I stopped there.";
  return { text: [...came, end].join("\n"), wishes: [] };
}

/** Said where a task says not how to do it. */
const UNABLE =
  "Offline I only do what a task spells out: lines that begin with `$` are run, `show port 8000` shows a server, `keep FILE` keeps a file.";

function wishesIn(line: string): readonly Wish[] {
  for (const [when, wish] of LINES) {
    const [, match] = when.exec(line) ?? [];
    if (match !== undefined) return [wish(match)];
  }
  return [];
}

function nameOf(wish: Wish | undefined): string {
  switch (wish?.tool) {
    case "shell":
      return `$ ${wish.command}`;
    case "preview":
      return `port ${wish.port}`;
    case "artifact":
      return wish.path;
    default:
      return "something";
  }
}
