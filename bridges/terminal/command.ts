/** What a typed line asks for. */
export type TalkCommand =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "help" | "quit" | "status" | "stop" }
  | { readonly type: "channel"; readonly name: string }
  | { readonly type: "history"; readonly count: number }
  | JobCommand
  | { readonly type: "unknown"; readonly reason: string };

/** What it asks for of jobs. */
export type JobCommand =
  | { readonly type: "jobs" }
  | { readonly type: "task" | "run"; readonly text: string }
  | { readonly type: "approve" | "deny"; readonly job?: string; readonly approval?: string }
  | { readonly type: "abort"; readonly job?: string };

/** What can be typed. */
export const TALK_HELP: readonly string[] = [
  "  /channel NAME   go to another conversation (a name of yours, or a full address)",
  "  /history [N]    what was said before, the last N messages and answers (20)",
  "  /status         how this conversation stands, and what is thought on the side",
  "  /stop           no further with the answer that is being made",
  "  /task TEXT      begin a job that is thought about, with tools; its end is told here",
  "  /run LINE       have a line of shell run, once an owner has allowed it",
  "  /jobs           the jobs that there are",
  "  /approve [ID [A]], /deny [ID [A]]   allow what a job asks for, or not",
  "  /abort [ID]     end a job before its time; without ID the one that goes on here",
  "  /quit           leave (or Ctrl-D); what was said is kept",
  "  //text          say something that begins with /",
];

const HISTORY = { count: 20, most: 1_000 } as const;

/** Reads a line: a command where it begins with one `/`, else something to say. */
export function readCommand(line: string): TalkCommand {
  if (!line.startsWith("/")) return { type: "say", text: line };
  if (line.startsWith("//")) return { type: "say", text: line.slice(1) };
  const [name = "", ...rest] = line.slice(1).trim().split(/\s+/);
  const argument = rest.join(" ");
  switch (name) {
    case "help":
    case "quit":
    case "jobs":
    case "status":
    case "stop":
      return argument === "" ? { type: name } : unknown(`/${name} takes nothing after it`);
    case "channel":
      return argument === "" ? unknown("/channel needs a name: /channel work") : { type: "channel", name: argument };
    case "history":
      return historyOf(argument);
    case "task":
    case "run":
      return argument === "" ? unknown(`/${name} needs what is to be done`) : { type: name, text: textAfter(line) };
    case "approve":
    case "deny":
      return judging(name, rest);
    case "abort":
      if (rest.length > 1) return unknown("/abort takes one job: /abort wV1St");
      return { type: name, ...(argument === "" ? {} : { job: argument }) };
    default:
      return unknown(`there is no command /${name}; /help lists them, and // says a line that begins with /`);
  }
}

/** What a piped line asks for. */
export type PipedCommand = Extract<TalkCommand, { readonly type: "say" | "unknown" }> | JobCommand;

/** Commands that have a sense without a screen. */
const PIPED = /^\/{1,2}(?:jobs|task|run|approve|deny|abort)(?!\S)/;

/** Reads a piped line: what is about jobs as it is typed in a chat; all else is said as it stands. */
export function readPiped(line: string): PipedCommand {
  // Lines that fit can be read as nothing else.
  return PIPED.test(line) ? (readCommand(line) as PipedCommand) : { type: "say", text: line };
}

function historyOf(argument: string): TalkCommand {
  if (argument === "") return { type: "history", count: HISTORY.count };
  const count = Number(argument);
  if (/^\d+$/.test(argument) && count > 0) return { type: "history", count: Math.min(count, HISTORY.most) };
  return unknown("/history takes a number: /history 50");
}

/** What stands after the command, with its blanks. */
function textAfter(line: string): string {
  return line.replace(/^\/\w+\s+/, "").trimEnd();
}

function judging(type: "approve" | "deny", [job, approval, ...more]: readonly string[]): TalkCommand {
  if (more.length > 0) return unknown(`/${type} takes a job and what of it: /${type} wV1St a1`);
  return { type, ...(job ? { job } : {}), ...(approval ? { approval } : {}) };
}

function unknown(reason: string): TalkCommand {
  return { type: "unknown", reason };
}
