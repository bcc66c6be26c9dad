import type { Context } from "hono";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import type { JobInput } from "#subjects/job-verbs.ts";
import { type Address, addressOf, DEFAULT_AGENT, encodeToken } from "#subjects/mod.ts";
import { requireAgent } from "./agents.ts";
import type { Bridge } from "./bridge.ts";
import type { HttpEnv } from "./caller.ts";
import { requireRole, whoOf } from "./job-caller.ts";
import { sendWish, wishId } from "./job-mail.ts";
import { ask } from "./state.ts";

/** Stops all jobs of an agent, or lets things go on. */
export function panicSetter(bridge: Bridge) {
  return async (c: Context<HttpEnv>, { on, why, agent = DEFAULT_AGENT }: JobInput<"panic">) => {
    const caller = c.get("caller");
    requireRole(caller, "panic");
    const to = await stewardOf(bridge, agent);
    const wish = wishId(caller, c.req.header("Idempotency-Key"));
    const data = () => ({ on, why, who: whoOf(caller) });
    const came = await sendWish(bridge, bridge.stewards, { to, verb: "panic", data, wish, asker: c.env?.outgoing });
    if (came === undefined) return c.json({ mail: wish.id }, 202);
    return c.json(await slots(bridge, to, agent), 200);
  };
}

/** Says whether all is stopped. */
export function panicReader(bridge: Bridge) {
  return async (c: Context<HttpEnv>, agent = DEFAULT_AGENT) =>
    c.json(await slots(bridge, await stewardOf(bridge, agent), agent), 200);
}

async function slots(bridge: Bridge, to: Address, agent: string) {
  const slots = cortexContract.asks.slots.parse(await ask(bridge, to, "slots"));
  return { agent, on: slots.panic !== undefined, ...slots };
}

async function stewardOf(bridge: Bridge, agent: string): Promise<Address> {
  const to = addressOf(encodeToken(agent), cortexContract.kind, CORTEX);
  await requireAgent(bridge, to);
  return to;
}
