import type { z } from "zod";
import { channelContract } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { harmless } from "./plain.ts";

/** What a channel says it does just now. */
export type Doing = z.output<typeof channelContract.live.status>;

/** What people are told while a tool is used; another one is named. */
const USING: Readonly<Record<string, string>> = {
  look_back: "looking back over what was said",
  branch: "beginning to think on the side",
};

/** Longest part of a task, or of what is said about it, that is shown. Units: UTF-16 units. */
const MAX_SHOWN = 80;

/** What an agent does, in a few words for people. */
export function doingWords({ doing, tool }: Doing): string {
  if (doing === "thinking" || tool === undefined) return "thinking";
  return Object.hasOwn(USING, tool) ? `${USING[tool]}` : `using ${excerpt(harmless(tool), MAX_SHOWN)}`;
}

/** How a conversation stands, as its owner answered `status`. Units: `now` ms since 1970. */
export function standingLines(address: Address, answer: unknown, now: number): readonly string[] {
  const { heard, said, thinking, waiting, about, work } = channelContract.asks.status.parse(answer);
  const doing = [thinking ? "thinking" : "at rest", ...(waiting > 0 ? [`${waiting} waiting`] : [])].join(", ");
  return [
    `${address}: ${heard} heard, ${said} said, ${doing}`,
    ...(about === undefined ? [] : [`  about: ${shown(about)}`]),
    ...work.map(({ address: place, task, since, status }) => {
      const done = status === undefined ? "" : ` · ${shown(status)}`;
      return `  ${parseAddress(place).id} for ${lasting(now - since)}: ${shown(task)}${done}`;
    }),
  ];
}

function shown(text: string): string {
  return excerpt(harmless(text), MAX_SHOWN);
}

/** A stretch of time for people. Shape: `40 s`, `12 min`, `3 h`, `2 d`. */
function lasting(ms: number): string {
  const seconds = Math.max(Math.floor(ms / 1_000), 0);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
