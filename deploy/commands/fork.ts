import { connectAs, findBus } from "#deploy/access.ts";
import { type ActorAt, actorAt, actorNamed } from "#deploy/actor-name.ts";
import { ThalassaError } from "#deploy/errors.ts";
import { BadUse } from "#deploy/failure.ts";
import type { Client } from "#runtime/mod.ts";
import { terminalContract } from "#subjects/clients.ts";
import {
  type Address,
  addressOf,
  FORK,
  FORKED,
  type Fork,
  parseAddress,
  REFUSAL,
  returnedSchema,
} from "#subjects/mod.ts";

/** How long a fork may take to be judged. Units: ms. */
const JUDGED_MS = 5_000;

/** A fork that is not to be. */
class ForkRefused extends ThalassaError<"fork-refused"> {
  constructor(reason: string) {
    const hint = "see what happened with `thalassa log ADDRESS`, and name another with --as";
    super({ code: "fork-refused", message: reason, hint });
  }
}

/** Nobody judged it in time. */
class ForkUnanswered extends ThalassaError<"fork-unanswered"> {
  constructor(address: Address) {
    const hint = "see `thalassa ps`; what was asked for stands in its mail and is done once a process serves it";
    super({
      code: "fork-unanswered",
      message: `${address} did not say within ${JUDGED_MS / 1_000} s whether it is a fork now`,
      hint,
    });
  }
}

/** Makes a new actor that begins with another's past, by reference; prints its address. */
export async function fork(text: string, options: { readonly as?: string; readonly json?: true }): Promise<number> {
  const { address: from, seq } = await actorAt(text);
  const address = await nameOf({ address: from, seq }, options.as);
  await using client = await connectAs(terminalContract.client, findBus());
  const made = await makeFork(client, address, { from, seq });
  if (made.seq !== seq && !options.json)
    process.stderr.write(`${await elsewhere(client, { address: from, seq }, made)}\n`);
  process.stdout.write(`${options.json ? JSON.stringify({ address, ...made }) : address}\n`);
  if (!options.json && process.stdout.isTTY) process.stderr.write(`talk to it: thalassa chat --channel ${address}\n`);
  return 0;
}

/** The fork's own address; without a name, that of the other and the place. */
async function nameOf({ address, seq }: ActorAt, name: string | undefined): Promise<Address> {
  const { agent, kind, id } = parseAddress(address);
  if (name === undefined) return addressOf(agent, kind, `${id}-at-${seq}`);
  const named = await actorNamed(name);
  if (parseAddress(named).kind === kind) return named;
  throw new BadUse(`${named} is of another kind than ${address}`, `name a ${kind}: --as ${agent}.${kind}.NAME`);
}

/** Where it forked instead, when the place that was named is none of its log. */
async function elsewhere(client: Client, { address, seq }: ActorAt, made: Fork): Promise<string> {
  const newest = (await client.last(address))?.seq === made.seq;
  return `${address} has no event ${seq}; forked at its ${newest ? "newest" : "newest before that"}, ${made.seq}`;
}

/** Asks for the fork and waits until it stands in its log. Throws: ForkRefused; ForkUnanswered. */
async function makeFork(client: Client, address: Address, wish: Fork): Promise<Fork & { readonly began: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<Fork & { readonly began: number }>();
  const late = setTimeout(() => reject(new ForkUnanswered(address)), JUDGED_MS);
  let id = "";
  using _follower = client.follow(address, {
    fromSeq: 0,
    onRecord: ({ event, data, cause, seq }) => {
      if (event === FORKED && cause === id) resolve({ ...(data as Fork), began: seq });
    },
    onLive: (noun, data) => {
      const refusal = noun === REFUSAL ? returnedSchema.safeParse(data) : undefined;
      if (refusal?.success && refusal.data.id === id) reject(new ForkRefused(refusal.data.reason));
    },
  });
  try {
    id = `fork-${crypto.randomUUID()}`;
    await client.send(address, FORK, wish, { id });
    return await promise;
  } finally {
    clearTimeout(late);
  }
}
