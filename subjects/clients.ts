import type { ClientContract } from "./contract.ts";

/** A person at a terminal on a host that holds the key. */
export const terminalContract = {
  client: "terminal",
  account: "EDGE",
  about: "The command line: chats, sends, follows.",
  sends: { channel: ["hear"] },
  follows: ["channel"],
} as const satisfies ClientContract;

/** Scripts and browsers; it faces the outside, so it lives in an account of its own. */
export const httpContract = {
  client: "http",
  account: "EDGE",
  about: "The HTTP bridge: messages in, answers and events out.",
  sends: { channel: ["hear"] },
  follows: ["channel"],
} as const satisfies ClientContract;
