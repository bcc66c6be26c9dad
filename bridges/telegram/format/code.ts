import type { Tokens } from "marked";

const ENDINGS: Readonly<Record<string, string>> = {
  bash: "sh",
  "c#": "cs",
  "c++": "cpp",
  csharp: "cs",
  golang: "go",
  javascript: "js",
  jsx: "jsx",
  kotlin: "kt",
  markdown: "md",
  perl: "pl",
  powershell: "ps1",
  python: "py",
  python3: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  text: "txt",
  typescript: "ts",
  yml: "yaml",
  zsh: "sh",
  haskell: "hs",
  plaintext: "txt",
  latex: "tex",
  elixir: "ex",
};

/** What a block of code holds. Tabs are blanks, for Telegram shows a tab as one. */
export function codeOf({ text, lang = "" }: Tokens.Code): { readonly text: string; readonly language: string } {
  return { text: text.replaceAll("\t", "    "), language: languageOf(lang) };
}

/** Name of a file for code. Shape: `code-1.py`, `code-2.txt`. */
export function codeName({ lang = "" }: Tokens.Code, n: number): string {
  const language = languageOf(lang).toLowerCase();
  const ending = Object.hasOwn(ENDINGS, language) ? `${ENDINGS[language]}` : language;
  return `code-${n}.${/^[a-z\d]{1,10}$/.test(ending) ? ending : "txt"}`;
}

function languageOf(lang: string): string {
  return /^[\w#+.-]{1,32}/.exec(lang.trim())?.[0] ?? "";
}
