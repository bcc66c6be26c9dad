import { harmless } from "#bridges/terminal/plain.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { type Buried, deadLetter, deadLetters, dropLetter, retryLetter } from "#deploy/dead-letters.ts";
import { BadUse } from "#deploy/failure.ts";
import { table } from "#deploy/table.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { OPERATOR } from "#subjects/mod.ts";

/** Most of a reason in the list. Units: UTF-16 units. */
const MAX_REASON = 80;

/** Lists the dead letters. */
export async function listDead(options: { readonly json?: true }): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const letters = await deadLetters(client);
  if (options.json) {
    for (const letter of letters) print(jsonOf(letter));
    return 0;
  }
  if (letters.length === 0) {
    print("No dead letters: everything that was sent could be handled.");
    return 0;
  }
  const rows = letters.map(({ seq, at, subject, letter }) => [
    ...[seq, new Date(at).toISOString().slice(0, 19), addressIn(subject), letter.verb, letter.code],
    excerpt(harmless(letter.reason), MAX_REASON),
  ]);
  for (const line of table(["SEQ", "SINCE", "ADDRESS", "MAIL", "CODE", "REASON"], rows)) print(line);
  print("\nthalassa dead show SEQ shows one whole, retry SEQ sends it again, drop SEQ removes it.");
  return 0;
}

/** Shows, retries or drops one dead letter. */
export async function onDead(
  verb: "show" | "retry" | "drop",
  text: string,
  options: { readonly json?: true },
): Promise<number> {
  const seq = seqOf(text);
  await using client = await connectAs(OPERATOR, findBus());
  const buried = await deadLetter(client, seq);
  if (verb === "show") {
    print(options.json ? jsonOf(buried) : wholeOf(buried).join("\n"));
    return 0;
  }
  if (verb === "drop") {
    await dropLetter(client, seq);
    print(options.json ? JSON.stringify({ seq, dropped: true }) : `dead letter ${seq} is gone`);
    return 0;
  }
  const id = await retryLetter(client, buried);
  const told = `mail ${id} is sent again to ${addressIn(buried.subject)}; if it dies again, thalassa dead lists it anew`;
  print(options.json ? JSON.stringify({ seq, retried: true, id }) : told);
  return 0;
}

function seqOf(text: string): number {
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new BadUse(`${JSON.stringify(text)} is no dead letter's number`, "use a SEQ as thalassa dead lists it");
}

function wholeOf({ seq, at, subject, letter }: Buried): readonly string[] {
  const headers = Object.entries(letter.headers).map(([name, value]) => `  ${name}: ${value}`);
  return [
    `letter   ${seq}, since ${new Date(at).toISOString()}`,
    `to       ${addressIn(subject)}`,
    `mail     ${letter.verb}, id ${letter.id || "(none)"}`,
    `why      ${letter.code}: ${letter.reason}`,
    "headers",
    ...headers,
    `body     ${letter.encoding === "base64" ? "(base64)" : ""}`,
    letter.body,
  ].map(harmless);
}

/** Shape: `thalassa.main.channel.a.dead.hear` is `main.channel.a`. */
function addressIn(subject: string): string {
  return subject.split(".").slice(1, 4).join(".");
}

function jsonOf({ seq, at, subject, letter }: Buried): string {
  return JSON.stringify({ seq, at, address: addressIn(subject), ...letter });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
