import type { LookBack } from "#actors/turn/mod.ts";
import { fileText } from "#models/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { isAddress, readEvent, type Who } from "#subjects/mod.ts";

/** A record of a log, as far as it is looked at. */
type Found = {
  readonly event: string;
  readonly seq: number;
  readonly at: number;
  readonly data: unknown;
  readonly version: number;
};

/** Most of a message that is shown. Units: UTF-16 units. */
const MAX_SHOWN = 600;

/** So many messages are looked at before the search gives up. */
const MAX_LOOKED_AT = 20_000;

/** Longest name that is shown. Units: UTF-16 units. */
const MAX_NAME = 60;

/** How a model is told of its own words. */
const YOU = "you";

/** What a search finds, in words. `back` walks the log back, newest first. Throws: what `back` throws. */
export async function lookedBack(input: LookBack, back: AsyncIterable<readonly Found[]>): Promise<string> {
  const { query, limit } = input;
  const words = query
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const found: string[] = [];
  let looked = 0;
  for await (const page of back) {
    for (const record of page) {
      const said = saidIn(record);
      if (said === undefined) continue;
      looked++;
      const text = said.text.toLowerCase();
      if (words.length > 0 && !words.some((word) => text.includes(word))) continue;
      found.push(
        `#${record.seq}, ${new Date(record.at).toISOString().slice(0, 16)}Z, ${said.by}: ${excerpt(said.text, MAX_SHOWN)}`,
      );
      if (found.length === limit) return found.join("\n");
    }
    if (looked > MAX_LOOKED_AT) return [...found, `(Only the newest ${looked} messages were looked at.)`].join("\n");
  }
  return found.length > 0 ? found.join("\n") : `Nothing like that was said in the ${looked} messages looked at.`;
}

function saidIn(record: Found): { readonly by: string; readonly text: string } | undefined {
  const event = readEvent(channelContract, record);
  if (event?.type === "heard") {
    const { who, text, files = [] } = event.data;
    return { by: nameOf(who), text: [text, ...files.map(fileText)].join(" ") };
  }
  if (event?.type === "said" && event.data.text !== "") return { by: YOU, text: event.data.text };
  if (event?.type === "concluded") return { by: event.data.from, text: event.data.text };
  return undefined;
}

/** On one line and without what a find is told by; somebody may call themselves like the agent or like its work. */
function nameOf({ name, id, party }: Who): string {
  const shown = excerpt((name ?? id).replace(/[:#]/g, " "), MAX_NAME);
  return shown === "" || shown.toLowerCase() === YOU || isAddress(shown) ? `${shown}, ${party}` : shown;
}
