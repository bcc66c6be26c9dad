import { buffer } from "node:stream/consumers";
import { InputFile } from "grammy";
import { type ChatCaller, FILE_MS } from "#bridges/telegram/api/caller.ts";
import { captionOf } from "#bridges/telegram/format/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import type { Outgoing } from "#subjects/telegram-shown.ts";
import type { ChatBrought } from "./brought.ts";
import type { ShowPort } from "./show.ts";
import type { ShowStep } from "./steps.ts";

/** Largest file that a bot may send. Source: https://core.telegram.org/bots/api#sending-files */
const MAX_BYTES = 50 * 1024 * 1024;

/** Shows a file of the object store in the message that was placed for it; one that cannot be sent is said to be. */
export async function deliverFile(
  { place, item }: ShowStep,
  { artifact, name, text }: Extract<Outgoing, { type: "file" }>,
  { caller }: ShowPort,
  of: ChatCaller,
  { artifacts }: Tools<ChatBrought>,
): Promise<void> {
  const to = { chat_id: place.chat, message_id: item.placed[0] ?? 0 };
  const say = (words: string) =>
    caller.changes(of, (api, signal) => api.editMessageText({ ...to, text: words }, signal));
  const open = await artifacts.get(artifact);
  if (open === undefined) {
    await say(`${name} is not kept any more.`);
    return;
  }
  if (open.info.bytes > MAX_BYTES || open.info.bytes === 0) {
    open.content.destroy();
    await say(`${name} has ${open.info.bytes} bytes, and cannot be sent here. It is kept as ${artifact}.`);
    return;
  }
  const content = await buffer(open.content);
  const caption = captionOf(text);
  await caller.changes(
    of,
    (api, signal) =>
      api.editMessageMedia(
        { ...to, media: { type: "document", media: new InputFile(content, name), caption } },
        signal,
      ),
    FILE_MS,
  );
}
