import type { ClientContract } from "./contract.ts";
import { TOKEN_KEYS } from "./http-token.ts";
import { agentKey, BINDINGS_KEY, PROMPTS } from "./prompts.ts";
import { FORK } from "./runtime.ts";

/** What people say to jobs. */
const JOB_MAIL = ["spawn", "approve", "deny", "abort", "tell", "retry"] as const;

/** A person at a terminal on a host that holds the key. */
export const terminalContract = {
  client: "terminal",
  account: "EDGE",
  about: "The command line: chats, sends, follows.",
  sends: { channel: ["hear", "stop", FORK], worker: JOB_MAIL, cortex: ["panic"], telegram: ["pair", "unpair"] },
  follows: ["channel", "worker", "cortex", "telegram"],
  reads: { SETTINGS: [">"], [PROMPTS]: [agentKey("*"), BINDINGS_KEY] },
  lists: { VIEWS: ["jobs.>", "hosts.>", "environments.>"] },
  artifacts: "read",
} as const satisfies ClientContract;

/** Scripts and browsers; it faces the outside, so it lives in an account of its own. */
export const httpContract = {
  client: "http",
  account: "EDGE",
  about: "The HTTP bridge: messages in, answers and events out.",
  sends: { channel: ["hear", "stop"], worker: JOB_MAIL, cortex: ["panic"] },
  follows: ["channel", "worker", "cortex"],
  reads: { [TOKEN_KEYS.bucket]: [`${TOKEN_KEYS.prefix}.*`], [PROMPTS]: [agentKey("*")] },
  lists: { VIEWS: ["jobs.>"] },
  artifacts: "read",
} as const satisfies ClientContract;
