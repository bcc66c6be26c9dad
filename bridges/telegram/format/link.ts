/** What an address of Telegram may ask for: nothing that names a user by number, which would be a mention. */
const OF_TELEGRAM = /^tg:\/\/(?:resolve|join|addstickers|addemoji|addlist)(?:$|[/?])/i;

/** Address of a link that may be one at Telegram; undefined for what stays words. */
export function linkable(href: string): string | undefined {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url === undefined || href.length > 2_048) return undefined;
  if (url.protocol === "http:" || url.protocol === "https:") return url.hostname === "" ? undefined : quoted(href);
  if (url.protocol === "mailto:") return /^mailto:[^@\s]+@[^@\s]+$/i.test(href) ? quoted(href) : undefined;
  return OF_TELEGRAM.test(href) ? quoted(href) : undefined;
}

/** What could end an address where it stands in Markdown, or begin something else. */
function quoted(href: string): string {
  return href.replace(
    /[\s<>()[\]\\|`"'*~^{}$]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}
