import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { KV } from "@nats-io/kv";
import { FRESH_MS, TEXT_NAMES } from "#actors/prompts/mod.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { reasonOf } from "#deploy/errors.ts";
import { BadUse } from "#deploy/failure.ts";
import { requireKnown } from "#deploy/identity/agents.ts";
import { openPrompts, removeEntry } from "#deploy/identity/bucket.ts";
import { edited } from "#deploy/identity/editor.ts";
import { checkedText, ownText, storeText, textInUse, textNamed, titleOf } from "#deploy/identity/texts.ts";
import { table } from "#deploy/table.ts";
import { DEFAULT_AGENT, OPERATOR } from "#subjects/mod.ts";
import { SHARED, textKey } from "#subjects/prompts.ts";

/** Whose texts are meant. */
type Whose = { readonly agent?: string; readonly shared?: true; readonly json?: true };

/** Most of a text's beginning that the list shows. Units: characters. */
const MAX_BEGINNING = 60;

/** Shows one text as it is in use, or lists all of them; where a text comes from goes to standard error. */
export async function showText(typed: string | undefined, options: Whose): Promise<number> {
  const name = typed === undefined ? undefined : textNamed(typed);
  return await withTexts(options, async (prompts, owner) => {
    const names = name === undefined ? TEXT_NAMES : [name];
    const texts = await Promise.all(names.map((each) => textInUse(prompts, owner, each)));
    if (options.json) {
      for (const each of texts) print(JSON.stringify({ ...each, of: owner }));
    } else if (name === undefined) {
      const rows = texts.map(({ name: each, level, text }) => [each, level, `${text.length}`, beginningOf(text)]);
      for (const line of table(["TEXT", "FROM", "LENGTH", "BEGINS"], rows)) print(line);
    } else {
      for (const { level, text } of texts) {
        print(text);
        process.stderr.write(`${name} of ${titleOf(owner)}: ${level}\n`);
      }
    }
    return 0;
  });
}

/** Stores a text from a file or standard input. */
export async function setText(typed: string, options: Whose & { readonly file: string }): Promise<number> {
  const name = textNamed(typed);
  const text = checkedText(await readFrom(options.file));
  return await withTexts(options, async (prompts, owner) => {
    const { revision } = await ownText(prompts, owner, name);
    await storeText(prompts, { owner, name, text, revision });
    tellSet(name, owner, options);
    return 0;
  });
}

/** Opens a text in an editor, as it is in use, and stores what comes of it, if that is another text. */
export async function editText(typed: string, options: Whose): Promise<number> {
  const name = textNamed(typed);
  return await withTexts(options, async (prompts, owner) => {
    const { revision } = await ownText(prompts, owner, name);
    const before = (await textInUse(prompts, owner, name)).text;
    const { text, path, done } = await edited(`${name}.md`, before);
    if (text.trim() === before.trim()) {
      await done();
      print(options.json ? JSON.stringify({ name, of: owner, changed: false }) : `${name} was not changed`);
      return 0;
    }
    try {
      await storeText(prompts, { owner, name, text: checkedText(text), revision });
    } catch (error) {
      if (text.trim() === "") await done();
      else process.stderr.write(`thalassa: what you wrote is kept in ${path}\n`);
      throw error;
    }
    await done();
    tellSet(name, owner, options);
    return 0;
  });
}

/** Takes a text away, so that the next level holds again. */
export async function resetText(typed: string, options: Whose): Promise<number> {
  const name = textNamed(typed);
  return await withTexts(options, async (prompts, owner) => {
    const changed = await removeEntry(prompts, textKey(owner, name));
    const { level } = await textInUse(prompts, owner, name);
    const now = `${name} of ${titleOf(owner)} is ${changed ? "now" : "already"} the one that is ${level}`;
    print(options.json ? JSON.stringify({ name, of: owner, changed, level }) : now);
    return 0;
  });
}

async function withTexts(options: Whose, act: (prompts: KV, owner: string) => Promise<number>): Promise<number> {
  if (options.shared && options.agent !== undefined) {
    throw new BadUse("--agent and --shared are two different owners", "leave one out");
  }
  const owner = options.shared ? SHARED : (options.agent ?? DEFAULT_AGENT);
  await using operator = await connectAs(OPERATOR, findBus());
  const prompts = await openPrompts(operator);
  if (owner !== SHARED) await requireKnown(prompts, owner);
  return await act(prompts, owner);
}

async function readFrom(file: string): Promise<string> {
  try {
    return file === "-" ? await readAll(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new BadUse(`${file} cannot be read: ${reasonOf(error)}`, "name a text file, or - for standard input");
  }
}

function tellSet(name: string, owner: string, { json }: Whose): void {
  const told = `${name} of ${titleOf(owner)} is set; it is in use within ${FRESH_MS / 1_000} s at the latest`;
  print(json ? JSON.stringify({ name, of: owner, changed: true }) : told);
}

function beginningOf(text: string): string {
  const line = text.split("\n").find((each) => each.trim() !== "" && !/^(?:#|name: )/.test(each)) ?? "";
  return line.length <= MAX_BEGINNING ? line : `${line.slice(0, MAX_BEGINNING - 1)}…`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
