import type { z } from "zod";
import type { ChannelEvent, channelViewSchema } from "#subjects/channel.ts";
import { excerpt } from "#subjects/excerpt.ts";

/** Length of the preview in the view. Units: UTF-16 units. */
const MAX_PREVIEW = 120;

/** Entry of the view `channels` before the runtime adds its `seq`. */
type Entry = Omit<z.output<typeof channelViewSchema>, "seq">;

type ViewSend = { readonly type: "view"; readonly view: "channels"; readonly data: Entry };

/** What ends a turn also shows in the view: when it was, and how it begins. */
export function sends(event: ChannelEvent, { at }: { readonly at: number }): Readonly<Record<string, ViewSend>> {
  switch (event.type) {
    case "said":
      return view(at, event.data.text);
    case "failed":
      return view(at, event.data.reason);
    default:
      return {};
  }
}

function view(at: number, text: string): Readonly<Record<string, ViewSend>> {
  return { view: { type: "view", view: "channels", data: { at, last: excerpt(text, MAX_PREVIEW) } } };
}
