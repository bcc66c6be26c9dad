import { literal } from "#bridges/telegram/format/mod.ts";
import { hasEnded } from "#subjects/job.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import type { ChatState } from "./state.ts";

/** How a chat stands, for its people. */
export function statusText(state: ChatState): string {
  const { address, start, open, queue, jobs, model } = state;
  const going = Object.entries(jobs).filter(([, job]) => !hasEnded(job.state));
  const lines = [
    `Conversation: \`${conversationOf(address, start)}\``,
    open.length === 0 ? "Nothing waits for an answer." : `Messages that wait for an answer: ${open.length}`,
    ...(queue.length > 1 ? [`Still to be shown here: ${queue.length}`] : []),
    ...(model === undefined ? [] : [`Last answered by: ${model}`]),
    ...going.map(([id, job]) => `- ${id} (${job.state.replace("_", " ")}): ${literal(job.text)}`),
  ];
  return lines.join("\n");
}
