import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openApiDocument } from "#bridges/http/openapi.ts";
import { CLIENTS, KINDS } from "#subjects/kinds.ts";
import { architectureDoc } from "./architecture-doc.ts";
import { CATALOGUE } from "./error-catalogue.ts";
import { LAYERS } from "./layers.ts";
import { natsConf } from "./nats-conf.ts";
import { settingsDoc } from "./settings/doc.ts";
import { SETTINGS } from "./settings/table.ts";
import { subjectsDoc } from "./subjects-doc.ts";
import { troubleshootingDoc } from "./troubleshooting-doc.ts";

/** A file of the repository that a script writes: `render` gives the whole of it, from what stands there now. */
export type GeneratedFile = {
  /** From the root of the repository. */
  readonly path: string;
  readonly render: (current: string) => string | Promise<string>;
};

/** Every generated file; to have another one, name it here. */
const GENERATED: readonly GeneratedFile[] = [
  { path: "nats.conf", render: () => natsConf(KINDS, CLIENTS) },
  { path: "docs/settings.md", render: () => settingsDoc(SETTINGS) },
  { path: "docs/subjects.md", render: () => subjectsDoc(KINDS, CLIENTS) },
  {
    path: "docs/architecture.md",
    render: (current) => architectureDoc(current, { kinds: KINDS, clients: CLIENTS, layers: LAYERS }),
  },
  { path: "docs/troubleshooting.md", render: () => troubleshootingDoc(CATALOGUE) },
  { path: "docs/openapi.json", render: () => `${JSON.stringify(openApiDocument(), null, 2)}\n` },
];

/** Which of the files are not what their sources say; with `write` they are afterwards. Gives their paths. */
export async function generate(
  root: string,
  write: boolean,
  files: readonly GeneratedFile[] = GENERATED,
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, render } of files) {
    const file = join(root, path);
    const current = await readFile(file, "utf8").catch(() => "");
    const wanted = await render(current);
    if (wanted === current) continue;
    stale.push(path);
    if (!write) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, wanted);
  }
  return stale;
}

async function main(check: boolean): Promise<void> {
  const stale = await generate(join(import.meta.dirname, ".."), !check);
  if (!check) {
    process.stdout.write(stale.length === 0 ? "everything was current\n" : `wrote ${stale.join(", ")}\n`);
  } else if (stale.length > 0) {
    process.stderr.write(`${stale.join(", ")}: not what the sources say; run npm run generate and commit the result\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main(process.argv.includes("--check"));
