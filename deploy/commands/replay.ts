import { connectAs, findBus } from "#deploy/access.ts";
import { actorNamed } from "#deploy/actor-name.ts";
import { actorsOf } from "#deploy/actors-of.ts";
import { loadKind } from "#deploy/kinds.ts";
import { diffLines } from "#deploy/state-diff.ts";
import { type AnyKind, type Client, foldAll, type LogRecord } from "#runtime/mod.ts";
import { type Address, FORKED, forkSchema, KINDS, OPERATOR, parseAddress } from "#subjects/mod.ts";
import { askState } from "./state.ts";

/** How many actors are looked at side by side. */
const AT_ONCE = 16;

/** An actor that goes on while it is looked at is looked at again so often. */
const TRIES = 5;

/** Of one actor's differences so many are told. */
const MAX_TOLD = 20;

/** What was found of one actor; `differs` is empty where it is as its log says. */
type Found = {
  readonly address: Address;
  readonly seq: number;
  readonly events: number;
  /** Part of its past was trimmed: its snapshot alone knows that, and there is nothing to compare it with. */
  readonly trimmed: boolean;
  readonly differs: readonly string[];
};

/** Folds logs from their first event and compares with the states that the actors have; says where they differ. */
export async function replay(name: string | undefined, options: { readonly json?: true }): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const kinds = new Map(await Promise.all(KINDS.map(async ({ kind }) => [kind, await loadKind(kind)] as const)));
  const addresses = name === undefined ? await allActors(client) : [await actorNamed(name)];
  const total = { actors: 0, events: 0, differing: 0, trimmed: 0 };
  const queue = addresses.values();
  const look = async (): Promise<void> => {
    for (const address of queue) {
      const found = await compare(client, kinds, address);
      total.actors++;
      total.events += found.events;
      if (found.differs.length > 0) total.differing++;
      if (found.trimmed) total.trimmed++;
      tellFound(found, options.json === true);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  const { actors, events, differing, trimmed } = total;
  const cannot = trimmed === 0 ? "" : `; of ${trimmed} a part was trimmed, which cannot be replayed`;
  const verdict = (differing === 0 ? "each is what its log says" : `${differing} differ from their logs`) + cannot;
  process.stdout.write(
    options.json ? `${JSON.stringify(total)}\n` : `${actors} actors, ${events} events: ${verdict}\n`,
  );
  return differing === 0 ? 0 : 1;
}

/** Everybody who has a log. */
async function allActors(client: Client): Promise<readonly Address[]> {
  const found = await Promise.all(KINDS.map(({ kind }) => actorsOf(client, kind)));
  return found.flatMap((actors) => [...actors.keys()]);
}

/** The actor's word is taken first, so that all it can know stands in the log when that is read. */
async function compare(client: Client, kinds: ReadonlyMap<string, AnyKind>, address: Address): Promise<Found> {
  const kind = kinds.get(parseAddress(address).kind);
  if (kind === undefined) throw new TypeError(`no code for ${address}`);
  for (let tries = 1; ; tries++) {
    const told = await askState(client, address, {});
    const records = (await client.history(address)).filter((record) => !record.forged && record.seq <= told.seq);
    const fold = await foldAll(kind, address, records);
    const trimmed = isTrimmed(records) || (records.length === 0 && told.seq > 0);
    // Read back as it would be, for what JSON leaves out is no difference.
    const differs = trimmed ? [] : diffLines(JSON.parse(JSON.stringify(fold.state)), told.state);
    const found = { address, seq: told.seq, events: records.length, trimmed, differs };
    if (fold.seq === told.seq || tries === TRIES) return found;
  }
}

/** Whether records name others before them that are gone, in their own log or in that of which they are a fork. */
function isTrimmed(records: readonly LogRecord[]): boolean {
  const there = new Set(records.map(({ seq }) => seq));
  const named = ({ event, data, prev }: LogRecord): readonly number[] =>
    event === FORKED ? [forkSchema.parse(data).seq] : prev;
  return records.some((record) => named(record).some((seq) => !there.has(seq)));
}

function tellFound(found: Found, asJson: boolean): void {
  if (asJson) process.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.differs.length > 0) {
    const hint = "kill its process, which reads it back; if it differs still, its snapshot is wrong: nats kv del STATE";
    const lines = [
      `${found.address} at #${found.seq} is not what its log says (log → actor):`,
      ...found.differs.slice(0, MAX_TOLD).map((line) => `  ${line}`),
      ...(found.differs.length > MAX_TOLD ? [`  and ${found.differs.length - MAX_TOLD} more`] : []),
    ];
    process.stdout.write(`${[...lines, `  ${hint} ${found.address}`].join("\n")}\n`);
  }
}
