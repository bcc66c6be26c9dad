import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One import line of a source file. `target` is a path in the repository, or the package's name. */
export type Import = { readonly specifier: string; readonly target: string; readonly typeOnly: boolean };

/** A source file of the project, as the house rules look at it. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
};

const FOLDERS: Readonly<Record<string, string>> = JSON.parse(readFileSync("package.json", "utf8")).imports;

/** Every TypeScript file that git tracks or would. */
export function sourceFiles(): readonly SourceFile[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts"], { encoding: "utf8" });
  return listed.trim().split("\n").filter(existsSync).map(readSource);
}

/** Whether a file belongs to the tests. */
export function isTest(path: string): boolean {
  return path.startsWith("test/");
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const matches = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";|import\("([^"]+)"\)/gms);
  const imports = [...matches].map(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic ?? "";
    return { specifier, target: targetOf(path, specifier), typeOnly: type !== undefined };
  });
  return { path, text, lines: text.split("\n"), imports };
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return normalize(join(dirname(path), specifier));
  if (!specifier.startsWith("#")) return specifier;
  const [alias = "", ...rest] = specifier.split("/");
  const folder = FOLDERS[`${alias}/*`] ?? "";
  return normalize(folder.replace("*", rest.join("/")));
}
