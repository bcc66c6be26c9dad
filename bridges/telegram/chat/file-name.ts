import type { OfferedFile } from "#subjects/telegram-update.ts";

/** Longest name of a file. Units: UTF-16 units. */
const MAX_NAME = 100;

/** Characters that mean something to file systems or shells, that cannot be seen, or that turn text around. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|`$;&'!#~%{}]+/gu;

/** A harmless name for a file; with the ending of what it is, where its own name has none. Shape: `cat.jpg`, `voice.ogg`. */
export function fileName({ name, sort }: Pick<OfferedFile, "name" | "sort">, extension: string | undefined): string {
  const given = (name ?? "").normalize("NFC").toWellFormed().replace(UNSAFE, "_").replace(/\s+/gu, " ");
  const base = given.replace(/^[.\s_-]+/u, "").trim();
  const named = base === "" ? sort : base;
  const dot = named.lastIndexOf(".");
  const ending =
    dot > 0 && named.length - dot <= MAX_ENDING ? named.slice(dot) : extension === undefined ? "" : `.${extension}`;
  const stem = dot > 0 && named.length - dot <= MAX_ENDING ? named.slice(0, dot) : named;
  return `${stem.slice(0, MAX_NAME - ending.length).toWellFormed()}${ending}`;
}

/** Longest ending of a name, its dot included. */
const MAX_ENDING = 10;
