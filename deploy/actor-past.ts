import { terminalContract } from "#subjects/clients.ts";
import { type Address, OPERATOR, parseAddress } from "#subjects/mod.ts";
import { connectAs, findBus } from "./access.ts";
import { readerOf } from "./actor-name.ts";
import { actorsOf } from "./actors-of.ts";
import { ThalassaError } from "./errors.ts";
import { nearest } from "./settings/nearest.ts";

/** There is nothing to show of an actor: most likely its name is mistyped. */
class ActorWithoutLog extends ThalassaError<"actor-without-log"> {
  constructor(address: Address, meant: Address | undefined) {
    const remedy = "an actor has a log once it got mail; check agent, kind and name";
    super({
      code: "actor-without-log",
      message: `${address} has no log`,
      hint: meant === undefined ? remedy : `did you mean ${meant}? ${remedy}`,
    });
  }
}

/** Throws: ActorWithoutLog where nothing ever happened to an actor, with the one that was probably meant. */
export async function requirePast(address: Address): Promise<void> {
  await using client = await connectAs(readerOf(address), findBus());
  if ((await client.last(address)) !== undefined) return;
  throw new ActorWithoutLog(address, await likeliest(address));
}

/** One of the same kind that is named alike, of the same agent where there is one. */
async function likeliest(address: Address): Promise<Address | undefined> {
  const known = await knownAs(address);
  const { agent } = parseAddress(address);
  const own = known.filter((each) => parseAddress(each).agent === agent);
  return mostLike(address, own) ?? mostLike(address, known);
}

/** Everybody of its kind; nobody where only the operator's key could tell, and is not here. */
async function knownAs(address: Address): Promise<readonly Address[]> {
  try {
    await using operator = await connectAs(OPERATOR, findBus());
    return [...(await actorsOf(operator, parseAddress(address).kind)).keys()];
  } catch {
    return [];
  }
}

/** By the last word alone: what all have in common would make everybody alike. */
function mostLike(address: Address, known: readonly Address[]): Address | undefined {
  const named = new Map(known.map((each) => [nameIn(each), each]));
  return named.get(nearest(nameIn(address), [...named.keys()]) ?? "");
}

/** What a person would have typed. Shape: `work` of `main.channel.terminal-work`. */
function nameIn(address: Address): string {
  const { id } = parseAddress(address);
  const prefix = `${terminalContract.client}-`;
  return id.startsWith(prefix) ? id.slice(prefix.length) : id;
}
