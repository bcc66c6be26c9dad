import { styleText } from "node:util";
import type { LogRecord } from "#runtime/mod.ts";
import { branchAddress } from "#subjects/branch.ts";
import { type ChannelEvent, channelContract } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { workerAddress } from "#subjects/job.ts";
import { parseAddress, readEvent, type Who } from "#subjects/mod.ts";
import { harmless } from "./plain.ts";
import { wrapText } from "./wrap.ts";

/** Width of the margin in which the agent's answers stand. */
const MARGIN = 2;

/** Rows of what a person said, other than by typing it here. */
export function spokenRows(who: Who, text: string, me: Who, columns: number): readonly string[] {
  const name = isSame(who, me) ? "" : `${speakerName(who, me)}: `;
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
  return markedRows(styleText("red", "✖"), reason, columns);
}

/** Rows of what is said besides, in one dim line where it fits. */
export function noteRows(text: string, columns: number): readonly string[] {
  return answerRows(text, columns).map((row) => styleText("dim", row));
}

/**
 * Rows of a record as somebody reads it later; none for what is no part of the conversation: how tools were used and how
 * far work has come.
 */
export function recordRows(record: LogRecord, me: Who, columns: number): readonly string[] {
  const event = readEvent(channelContract, record);
  switch (event?.type) {
    case undefined:
      return [];
    case "heard":
      return spokenRows(event.data.who, event.data.text, me, columns);
    case "said": {
      const words = event.data.text.trim() === "" ? [] : [...answerRows(event.data.text, columns), ""];
      return [...words, ...asideRows(record, me, columns)];
    }
    case "failed":
      return [...failureRows(event.data.reason, columns), ""];
    default:
      return asideRows(record, me, columns);
  }
}

/** Rows of what a record tells besides words: work on the side that begins or ends, a warning, a turn that was stopped. */
export function asideRows(record: LogRecord, me: Who, columns: number): readonly string[] {
  const event = readEvent(channelContract, record);
  switch (event?.type) {
    case "said":
    case "thought":
      return begunRows(record, event.data, columns);
    case "joined": {
      const { from, task, who } = event.data;
      const head = `a job for ${isSame(who, me) ? "you" : speakerName(who, me)} (${parseAddress(from).id}): `;
      return noteRows(head + excerpt(task, Math.max(columns - MARGIN - head.length, 20)), columns);
    }
    case "concluded": {
      const { from, outcome } = event.data;
      return noteRows(`${parseAddress(from).id} has ended: ${outcome}`, columns);
    }
    case "warned":
      return [...markedRows(styleText("yellow", "!"), event.data.text, columns), ""];
    case "stopped": {
      const { who } = event.data;
      return [...markedRows("■", isSame(who, me) ? "stopped" : `stopped by ${speakerName(who, me)}`, columns), ""];
    }
    default:
      return [];
  }
}

type Begun = Pick<Extract<ChannelEvent, { type: "thought" }>["data"], "began">;

function begunRows({ address, id }: LogRecord, { began = [] }: Begun, columns: number): readonly string[] {
  return began.flatMap(({ call, task, kind }) => {
    const head =
      kind === "worker"
        ? `a job begins (${parseAddress(workerAddress(address, id, call)).id}): `
        : `thinking on the side (${parseAddress(branchAddress(address, id, call)).id}): `;
    return noteRows(head + excerpt(task, Math.max(columns - MARGIN - head.length, 20)), columns);
  });
}

function markedRows(mark: string, text: string, columns: number): readonly string[] {
  const [first = "", ...rest] = wrapText(harmless(text), columns - MARGIN);
  return [`${mark} ${first}`, ...rest.map((row) => " ".repeat(MARGIN) + row)];
}

function isSame(who: Who, me: Who): boolean {
  return who.party === me.party && who.id === me.id;
}

/** A speaker's name for people. Shape: `Ada`, `ada (telegram)`. */
function speakerName(who: Who, me: Who): string {
  const name = harmless(who.name ?? who.id);
  return who.party === me.party ? name : `${name} (${who.party})`;
}
