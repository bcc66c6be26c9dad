import { text as readText } from "node:stream/consumers";
import { isCancel, password } from "@clack/prompts";
import { BadUse } from "#deploy/failure.ts";

/** A secret from standard input, or asked for without showing it. Throws: BadUse where nothing is given. */
export async function typedSecret(title: string, isPiped: boolean, again: string): Promise<string> {
  if (isPiped || process.stdin.isTTY !== true) return (await readText(process.stdin)).replace(/\r?\n$/, "");
  const typed = await password({ message: `${title} (not shown)`, output: process.stderr });
  if (!isCancel(typed) && typed) return typed;
  throw new BadUse("nothing was given, and nothing was changed", `${again} asks again`);
}
