import type { ClientContract } from "./contract.ts";
import { TOKEN_KEYS } from "./http-token.ts";
import { agentKey, BINDINGS_KEY, PROMPTS } from "./prompts.ts";
import { FORK } from "./runtime.ts";

/** A person at a terminal on a host that holds the key. */
export const terminalContract = {
  client: "terminal",
  account: "EDGE",
  about: "The command line: chats, sends, follows.",
  sends: { channel: ["hear", "stop", FORK] },
  follows: ["channel"],
  reads: { SETTINGS: [">"], [PROMPTS]: [agentKey("*"), BINDINGS_KEY] },
} as const satisfies ClientContract;

/** Scripts and browsers; it faces the outside, so it lives in an account of its own. */
export const httpContract = {
  client: "http",
  account: "EDGE",
  about: "The HTTP bridge: messages in, answers and events out.",
  sends: { channel: ["hear", "stop"] },
  follows: ["channel"],
  reads: { [TOKEN_KEYS.bucket]: [`${TOKEN_KEYS.prefix}.*`], [PROMPTS]: [agentKey("*")] },
} as const satisfies ClientContract;
