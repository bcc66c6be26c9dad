import { branchContract } from "./branch.ts";
import { channelContract } from "./channel.ts";
import { httpContract, terminalContract } from "./clients.ts";
import type { ClientContract, KindContract } from "./contract.ts";
import { cortexContract } from "./cortex.ts";
import { executorContract } from "./executor.ts";
import { telegramContract } from "./telegram.ts";
import { workerContract } from "./worker.ts";

/** Every kind of actor there is; streams, permissions, docs and processes follow from this list. */
export const KINDS: readonly KindContract[] = [
  channelContract,
  branchContract,
  cortexContract,
  workerContract,
  executorContract,
  telegramContract,
];

/** Everybody else who may speak on the bus, besides the operator and the read-only tap. */
export const CLIENTS: readonly ClientContract[] = [terminalContract, httpContract];

/** The user that makes streams and may do everything, said explicitly. */
export const OPERATOR = "operator";

/** The user of the stock `nats` CLI: reads, never writes. */
export const TAP = "tap";
