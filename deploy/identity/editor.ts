import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ThalassaError } from "#deploy/errors.ts";

/** An editor that did not start, or ended badly. */
export class EditorFailed extends ThalassaError<"editor-failed"> {}

/** A text in a file of its own, as somebody left it in their editor. The file stays until `done`. */
export type Edited = { readonly text: string; readonly path: string; done(): Promise<void> };

/** Opens a text in the person's editor (`VISUAL`, `EDITOR`, else vi) and waits for them. Throws: EditorFailed. */
export async function edited(fileName: string, text: string, env: NodeJS.ProcessEnv = process.env): Promise<Edited> {
  const path = join(await mkdtemp(join(tmpdir(), "thalassa-edit-")), fileName);
  const done = (): Promise<void> => rm(dirname(path), { recursive: true, force: true });
  await writeFile(path, `${text}\n`, { mode: 0o600 });
  const editor = env.VISUAL?.trim() || env.EDITOR?.trim() || "vi";
  // In some editors Ctrl-C is a key like any other; the terminal sends it to us too.
  process.on("SIGINT", ignore);
  // A person's editor may be a command with options: the shell reads it as everywhere else.
  const child = spawn(`${editor} "${path}"`, { shell: true, stdio: "inherit" });
  const [code] = await once(child, "close").finally(() => process.off("SIGINT", ignore));
  if (code === 0) return { text: await readFile(path, "utf8"), path, done };
  await done();
  throw new EditorFailed({
    code: "editor-failed",
    message: `the editor ${JSON.stringify(editor)} ended with ${code}; nothing was changed`,
    hint: "name another one with EDITOR, or use thalassa identity set NAME --file FILE",
  });
}

function ignore(): void {}
