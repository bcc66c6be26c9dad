import { text as readAll } from "node:stream/consumers";
import { MAX_TEXT } from "#subjects/turn.ts";
import { BadUse } from "./failure.ts";

/** What somebody typed to be said; `-` reads it from standard input. Throws: BadUse with `remedy` when it is empty. */
export async function typedText(given: string, remedy: string): Promise<string> {
  const text = given === "-" ? (await readAll(process.stdin)).trimEnd() : given;
  if (text.trim() === "") throw new BadUse("the text is empty", remedy);
  if (text.length <= MAX_TEXT) return text;
  throw new BadUse(`the text has ${text.length} characters and a message may have ${MAX_TEXT}`, "send it in parts");
}

/** An id travels in a header, where white space and other writing would not survive. */
const KEY = /^[\x21-\x7e]{1,200}$/;

/** Looks whether what somebody typed for `--id` can be one. Throws: BadUse. */
export function checkKey(key: string | undefined): void {
  if (key === undefined || KEY.test(key)) return;
  throw new BadUse(`--id ${JSON.stringify(key)} cannot be an id`, "use up to 200 letters, digits and signs, no blanks");
}
