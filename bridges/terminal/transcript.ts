import { styleText } from "node:util";
import { endOf } from "#bridges/conversation/turn.ts";
import type { LogRecord } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import type { Who } from "#subjects/mod.ts";
import { harmless } from "./plain.ts";
import { wrapText } from "./wrap.ts";

/** Width of the margin in which the agent's answers stand. */
const MARGIN = 2;

/** Rows of what a person said, other than by typing it here. */
export function spokenRows(who: Who, text: string, me: Who, columns: number): readonly string[] {
  const name = who.party === me.party && who.id === me.id ? "" : `${speakerName(who, me)}: `;
  const [first = "", ...rest] = wrapText(harmless(text), columns - 2 - name.length);
  const head = `${styleText("bold", "›")} ${styleText("cyan", name)}${first}`;
  return [head, ...rest.map((row) => " ".repeat(2 + name.length) + row)];
}

/** Rows of an answer, set in from the margin. */
export function answerRows(text: string, columns: number): readonly string[] {
  return wrapText(harmless(text), columns - MARGIN).map((row) => " ".repeat(MARGIN) + row);
}

/** Rows of a turn that came to nothing. */
export function failureRows(reason: string, columns: number): readonly string[] {
  const [first = "", ...rest] = wrapText(harmless(reason), columns - MARGIN);
  return [`${styleText("red", "✖")} ${first}`, ...rest.map((row) => " ".repeat(MARGIN) + row)];
}

/** Rows of a record as somebody reads it later; none for what is no part of the conversation. */
export function recordRows(record: LogRecord, me: Who, columns: number): readonly string[] {
  const heard = heardIn(record);
  if (heard !== undefined) return spokenRows(heard.who, heard.text, me, columns);
  const end = endOf(record)?.outcome;
  if (end === undefined) return [];
  return end.type === "said" ? answerRows(end.text, columns) : failureRows(end.reason, columns);
}

/** What was heard, if the record says so. */
export function heardIn(record: LogRecord): { readonly text: string; readonly who: Who } | undefined {
  if (record.event !== "heard") return undefined;
  const { success, data } = channelContract.events.heard.safeParse(record.data);
  return success ? data : undefined;
}

/** A speaker's name for people. Shape: `Ada`, `ada (telegram)`. */
function speakerName(who: Who, me: Who): string {
  const name = harmless(who.name ?? who.id);
  return who.party === me.party ? name : `${name} (${who.party})`;
}
