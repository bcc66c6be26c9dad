import type { HttpBindings } from "@hono/node-server";
import { createMiddleware } from "hono/factory";
import type { RateLimiterRes } from "rate-limiter-flexible";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { TokenHolder } from "#subjects/http-token.ts";
import { type Address, parseAddress, resolveChannel } from "#subjects/mod.ts";
import type { Holders } from "./holders.ts";
import type { HttpOptions } from "./options.ts";
import { Problem, retryAfter } from "./problem.ts";
import { hashOf, isTokenShaped } from "./token.ts";

/** Who makes a request, and the hash their token is known by. */
export type Caller = TokenHolder & { readonly hash: string };

/** What handlers find in their context; the sockets are absent where a request was made without a server. */
export type HttpEnv = { Bindings: Partial<HttpBindings>; Variables: { caller: Caller } };

/** Unknown tokens that one address may try before it is told to wait; all are looked up, for a known one may come from there too. */
const GUESSES = { points: 50, duration: 10 } as const;

const BEARER = /^Bearer +(\S+) *$/i;

/** Lets only holders of tokens pass, and each only so often a second. */
export function admit(holders: Holders, { ratePerSecond }: Pick<HttpOptions, "ratePerSecond">) {
  const rates = new RateLimiterMemory({ points: ratePerSecond, duration: 1 });
  const guesses = new RateLimiterMemory(GUESSES);
  return createMiddleware<HttpEnv>(async (c, next) => {
    const token = BEARER.exec(c.req.header("Authorization") ?? "")?.[1];
    if (token === undefined) throw unauthorized("no-token", "The request carries no bearer token.");
    const from = c.env?.incoming?.socket.remoteAddress ?? "unknown";
    const hash = hashOf(token);
    const holder = isTokenShaped(token) ? await holders.find(hash) : undefined;
    if (holder === undefined) {
      await consume(guesses, from, "This address tries unknown tokens.");
      throw unauthorized("unknown-token", "No such token is known.");
    }
    await consume(rates, hash, `Token ${holder.name} made more than ${ratePerSecond} requests in a second.`);
    c.set("caller", { ...holder, hash });
    await next();
  });
}

/** The channel a caller means. A user's own are those of this bridge, a full address needs an owner. Throws: Problem. */
export function channelFor(caller: Caller, channel: string, agent: string | undefined): Address {
  const address = resolved(channel, agent);
  if (caller.role === "owner" || parseAddress(address).id.startsWith("http-")) return address;
  throw new Problem("not-allowed", `Token ${caller.name} has role user, and ${address} is no channel of this bridge.`);
}

function resolved(channel: string, agent: string | undefined): Address {
  try {
    const address = resolveChannel(channel, "http", agent);
    if (agent === undefined || parseAddress(address).agent === agent || channel !== address) return address;
  } catch (cause) {
    throw new Problem("bad-channel", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  throw new Problem("bad-channel", `${channel} is a channel of another agent than ${agent}; leave agent out.`);
}

/** Throws: Problem when there were too many. */
async function consume(limiter: RateLimiterMemory, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (refused instanceof Error) throw refused;
    const { msBeforeNext } = refused as RateLimiterRes;
    throw new Problem("too-many-requests", detail, { headers: retryAfter(msBeforeNext) });
  }
}

function unauthorized(code: "no-token" | "unknown-token", detail: string): Problem {
  const error = code === "unknown-token" ? ', error="invalid_token"' : "";
  return new Problem(code, detail, { headers: { "WWW-Authenticate": `Bearer realm="thalassa"${error}` } });
}
