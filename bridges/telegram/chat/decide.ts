import type { Input, Refusal } from "#runtime/mod.ts";
import type { TelegramEvent, TelegramMail } from "#subjects/telegram.ts";
import type { ChatBrought } from "./brought.ts";
import { judgeFile, judgeJob, judgeNotice, judgeReturn, judgeTell } from "./judge-mail.ts";
import { judgeStep } from "./judge-step.ts";
import { gathered, judgeUpdate } from "./judge-update.ts";
import type { ChatState } from "./state.ts";

/** What a chat goes by. */
export type ChatRules = {
  /** Whether all is shown as it comes, or only the last words of each turn, what has to be decided, and how jobs end. */
  readonly show: "all" | "final";
};

/** What a chat judges. */
export type ChatInput = Input<TelegramMail, ChatBrought>;

/** Told of mail that nobody could handle. */
const BOUNCED = "That could not be handled here. It is kept, with the reason, among the dead letters: thalassa dead";

/** Judges one input of a chat. */
export function decideChat(rules: ChatRules) {
  return (state: ChatState, input: ChatInput): TelegramEvent | Refusal | undefined => {
    if (input.type !== "mail") return judgeStep(state, input);
    switch (input.verb) {
      case "update":
        return judgeUpdate(state, input.data, input.at);
      case "gather":
        return gathered(state, input.data.album, input.at);
      case "tell":
        return judgeTell(state, input.data, rules);
      case "job":
        return judgeJob(state, input.data, input.from, input.at, rules);
      case "notice":
        return judgeNotice(state, input.data);
      case "file":
        return judgeFile(state, input.data);
      case "weary": {
        const { ref } = input.data;
        const isOpen =
          state.open.some((each) => each.ref === ref) ||
          state.queue.some(({ out }) => out.type === "words" && out.open === ref);
        return isOpen ? { type: "wearied", data: { ref } } : undefined;
      }
      case "bounced":
        return judgeReturn(state, { ...input.data, reason: BOUNCED });
      case "refused":
        return judgeReturn(state, input.data);
      default:
        return {
          type: "refusal",
          code: "not-the-poller",
          reason: `${state.address} is a chat; send this to the poller`,
        };
    }
  };
}
