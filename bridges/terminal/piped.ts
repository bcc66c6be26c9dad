import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Outcome, whyNot } from "#bridges/conversation/turn.ts";
import type { Client } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, readEvent, type Who } from "#subjects/mod.ts";
import { type PipedCommand, readPiped } from "./command.ts";
import { Conversation, type Happening } from "./conversation.ts";
import { JobUnusable } from "./job-unusable.ts";
import { newestSeq } from "./past.ts";
import { harmless } from "./plain.ts";
import { obeyOnJobs, type Speaking } from "./talk-jobs.ts";

/** Where a piped chat reads and writes. */
export type Pipe = {
  readonly input: Readable;
  readonly write: (line: string) => void;
  /** For what is no answer. */
  readonly complain: (line: string) => void;
  readonly asJson: boolean;
  /** Whether lines about jobs are obeyed rather than said. */
  readonly obeys: boolean;
};

/**
 * Answers a line for each line that is not blank, in order; each is said when the one before it was answered. An answer of
 * several lines is folded into one, `asJson` gives it as it is. What is typed in a chat about jobs is done where it `obeys`. Gives
 * whether all of them were answered well.
 */
export async function chatPiped(client: Client, address: Address, who: Who, pipe: Pipe): Promise<boolean> {
  // Made before anything is waited for: lines that come in the meantime would be lost.
  const lines = createInterface({ input: pipe.input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const onHappening = (happening: Happening): void => noticeOf(happening, pipe.complain);
  const fromSeq = await newestSeq(client, address);
  using conversation = new Conversation(client, address, { who, fromSeq, onHappening });
  await conversation.caughtUp();
  let good = true;
  for (let number = 1; ; number++) {
    const { value: line, done } = await lines.next();
    if (done) return good;
    if (line.trim() === "") continue;
    const command: PipedCommand = pipe.obeys ? readPiped(line) : { type: "say", text: line };
    const answered =
      command.type === "say"
        ? answerLine(conversation, command.text, number, pipe)
        : obeyLine(client, { who, channel: address }, command, number, pipe);
    good = (await answered) && good;
  }
}

/** One line for people of an answer that may have several. */
export function foldAnswer(text: string): string {
  return text.trim().replace(/\s*[\r\n\u2028\u2029]+\s*/gu, " ");
}

/** Does what a line says of jobs. Gives whether it could be done. */
async function obeyLine(
  client: Client,
  speaking: Speaking,
  command: Exclude<PipedCommand, { readonly type: "say" }>,
  number: number,
  { write, complain, asJson }: Pipe,
): Promise<boolean> {
  const refuse = (reason: string): boolean => {
    write(asJson ? JSON.stringify({ line: number, type: "refused", reason }) : "");
    complain(`line ${number}: ${reason}`);
    return false;
  };
  if (command.type === "unknown") return refuse(command.reason);
  try {
    const lines = await obeyOnJobs(client, speaking, command);
    write(asJson ? JSON.stringify({ line: number, type: "obeyed", lines }) : foldAnswer(lines.join("\n")));
    return true;
  } catch (error) {
    if (error instanceof JobUnusable) return refuse(error.message);
    throw error;
  }
}

async function answerLine(conversation: Conversation, line: string, number: number, pipe: Pipe): Promise<boolean> {
  try {
    const { posted, answered } = conversation.say(line);
    const outcome = await answered;
    pipe.write(
      pipe.asJson ? jsonOf(await posted, outcome) : foldAnswer(outcome.type === "refused" ? "" : outcome.text),
    );
    const why = whyNot(outcome);
    if (why === undefined) return true;
    pipe.complain(`line ${number}: ${why}`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "text-too-long")) throw error;
    pipe.write(pipe.asJson ? JSON.stringify({ line: number, type: "refused", reason: error.message }) : "");
    pipe.complain(`line ${number}: ${error.message}`);
  }
  return false;
}

function jsonOf(id: string, outcome: Outcome): string {
  return JSON.stringify({ id, ...outcome });
}

/** What a person is told on standard error: that nothing can be answered for now, and what the agent warns of. */
export function noticeOf(happening: Happening, complain: (line: string) => void): void {
  if (happening.type === "link")
    complain(happening.connected ? "the bus is back; going on" : "the bus is away; waiting");
  if (happening.type === "unheard") {
    complain("nobody has heard this yet: the message is kept, and answered once a channel process runs (thalassa ps)");
  }
  const event = happening.type === "record" ? readEvent(channelContract, happening.record) : undefined;
  if (event?.type === "warned") complain(harmless(event.data.text));
}
