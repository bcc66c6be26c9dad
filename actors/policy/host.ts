import type { DeedClass } from "#subjects/policy.ts";
import type { Act } from "./deed.ts";
import { type Arg, wholeOf } from "./word.ts";

/** Speaking to a host that a word names, as an address of the web or as `host:path`. */
export function hostAct(does: DeedClass, arg: Arg, style: "web" | "path"): Act {
  return { class: does, host: { name: hostIn(arg, style) } };
}

/** Whether a word names something on another host: `https://x/y`, `me@x:y`, `x:y`. */
export function isRemote(arg: Arg): boolean {
  return arg.rest === "computed" || /^[\w.+-]+:\/\/|^[^/]+:|@/.test(arg.stem);
}

/** The host a word names for sure. */
function hostIn(arg: Arg, style: "web" | "path"): string | undefined {
  const value = wholeOf(arg) ?? (/^[a-z]+:\/\/[^/@]+\//i.exec(arg.stem)?.[0] || undefined);
  if (value === undefined || /[\s{}[\]\\]/.test(value.replace(/^(\w+:\/\/)?\[[\da-f:.]+\]/i, "$1"))) return undefined;
  const scp = style === "web" ? undefined : /^(?:[^@/:]+@)?([\w.-]+):(?!\/\/)/.exec(value)?.[1];
  if (scp !== undefined) return scp.toLowerCase();
  const url = /^[a-z][\w+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const name = URL.parse(url)?.hostname;
  return name === undefined || name === "" ? undefined : name.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
