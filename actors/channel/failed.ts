import { heardIn, refsIn, type Turn } from "#actors/turn/mod.ts";
import type { ChannelEvent } from "#subjects/channel.ts";

type Failed = Extract<ChannelEvent, { type: "failed" }>;

/** A turn that came to nothing, with what the person is told: why, what to do, and what was not told of. */
export function failed({ lines }: Turn, reason: string, cost: Partial<Failed["data"]> = {}, advice = AGAIN): Failed {
  const answers = [...heardIn(lines)];
  const hasReport = lines.some(({ role }) => role === "report");
  const parts = [reason, answers.length === 0 ? "" : advice, hasReport ? UNTOLD : ""];
  return {
    type: "failed",
    data: { reason: parts.filter((part) => part !== "").join(" "), answers, ...refsIn(lines), ...cost },
  };
}

const AGAIN = "Please say it again.";

/** Said where a conclusion came and could not be told of. */
const UNTOLD = "A thought on the side has ended meanwhile; I tell you of it when you next say something.";
