import { createHash, randomBytes } from "node:crypto";

/** 128 bits, in letters that a host name keeps as they are. */
const TOKEN = /[0-9a-f]{32}/;

/** Where the token is kept by a browser whose previews share one place. */
const COOKIE = "thalassa-preview";

/** A name that nobody can guess. */
export function mintToken(): string {
  return randomBytes(16).toString("hex");
}

/** The token in an address that was given out. */
export function tokenIn(url: string): string | undefined {
  return TOKEN.exec(url)?.[0];
}

/** What a token is looked up by: how long that takes says nothing about tokens that are nearly right. */
export function keyOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

/** The address of a preview. */
export function addressOf(baseUrl: string, token: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  return base.includes("*") ? `${base.replace("*", token)}/` : `${base}/p/${token}/`;
}

/** Which preview a request is for, how it says so, and the path that is meant inside. */
export type Asked = { readonly token: string; readonly by: "host" | "path" | "cookie"; readonly path: string };

/** Reads a request; undefined where it names no preview. Shape of `url`: `/p/<token>/a?b`, or `/a?b` with host or cookie. */
export function askedBy(url: string, host = "", cookie = ""): Asked | undefined {
  const path = url.startsWith("/") ? url : "/";
  const inHost = tokenIn(host);
  if (inHost !== undefined) return { token: inHost, by: "host", path };
  const inPath = /^\/p\/([0-9a-f]{32})(\/.*|\?.*)?$/.exec(path);
  const [, token, rest = "/"] = inPath ?? [];
  if (token !== undefined) return { token, by: "path", path: rest.startsWith("/") ? rest : `/${rest}` };
  const inCookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]{32})(?:;|$)`).exec(cookie)?.[1];
  return inCookie === undefined ? undefined : { token: inCookie, by: "cookie", path };
}

/** What makes a browser remember the preview that it looks at. */
export function rememberingCookie(token: string): string {
  return `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax`;
}

/** A request's cookies without ours: nothing inside needs to know its own address. */
export function withoutOurs(cookie: string): string {
  const others = cookie.split(/;\s*/).filter((each) => !each.startsWith(`${COOKIE}=`));
  return others.join("; ");
}
