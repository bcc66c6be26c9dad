import { bold, code, FormattableString, italic, join, link, strikethrough } from "@gramio/format";
import type { Token, Tokens } from "marked";
import { linkable } from "./link.ts";
import type { Styled } from "./styled.ts";

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00A0" };

/** Words of a line or paragraph. `hasLinks` false: addresses stand beside their words, for there are no entities. */
export function inlineOf(tokens: readonly Token[], hasLinks: boolean): Styled {
  return join([...tokens], (token) => pieceOf(token, hasLinks), "");
}

function pieceOf(token: Token, hasLinks: boolean): Styled {
  const inner = () => inlineOf(token.type === "image" ? [] : "tokens" in token ? (token.tokens ?? []) : [], hasLinks);
  switch (token.type) {
    case "strong":
      return bold(inner());
    case "em":
      return italic(inner());
    case "del":
      return strikethrough(inner());
    case "codespan":
      return code(token.text);
    case "br":
      return words("\n");
    case "escape":
      return words(token.text);
    case "link":
      return linkOf(inner(), (token as Tokens.Link).href, hasLinks);
    case "image":
      return linkOf(words(decoded(token.text) || "image"), (token as Tokens.Image).href, hasLinks);
    default:
      return "tokens" in token && token.tokens !== undefined ? inner() : words(decoded(textOf(token)));
  }
}

function linkOf(label: Styled, href: string, hasLinks: boolean): Styled {
  if (label.text === href || `mailto:${label.text}` === href || `http://${label.text}` === href)
    return words(label.text);
  const url = linkable(href);
  if (url === undefined || !hasLinks) return join([label, words(` (${href})`)], "");
  // An entity of a link holds no code.
  const bare = FormattableString.from(
    label.text,
    label.entities.filter(({ type }) => type !== "code" && type !== "text_link"),
  );
  return label.text.trim() === "" ? link(url, url) : link(bare, url);
}

function textOf(token: Token): string {
  return "text" in token && typeof token.text === "string" ? token.text : token.raw;
}

function words(text: string): Styled {
  return FormattableString.from(text, []);
}

function decoded(text: string): string {
  return text
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (all, dec, hex, name) => {
      if (name !== undefined) return NAMED[name] ?? all;
      const point = Number.parseInt(dec ?? hex, dec === undefined ? 16 : 10);
      const isSign =
        point >= 0x20 &&
        point <= 0x10ffff &&
        (point < 0xd800 || point > 0xdfff) &&
        !/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u.test(String.fromCodePoint(point));
      return isSign ? String.fromCodePoint(point) : all;
    });
}
