import { type Address, addressOf } from "#subjects/mod.ts";
import { type ModelBody, ModelTap } from "#support/model-tap.ts";
import { BareCaller, SLOWLY, THINKER, thinkingAt } from "./asking.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { type Figure, figure, median } from "./figure.ts";
import { ALL_KINDS } from "./rival.ts";

/** How many turns a round has, on each side. */
const TURNS = 5;

/** What a turn may cost beyond the call of the model that it is. */
const GOALS: Figure["goals"] = [{ of: "median", most: 5 }];

/** A conversation of so many messages before it is measured; a short one is begun anew for each round. */
type Size = { readonly messages: number; readonly anew: boolean };

const SIZES: readonly Size[] = [
  { messages: 10, anew: true },
  { messages: 1_000, anew: false },
];

/** The requests that a channel sends for a conversation of that size. */
type Requests = { readonly atOnce: ModelBody; readonly slowly: ModelBody };

/** A turn whose model is a stand-in over HTTP, with what a turn adds to the bare call. */
export const thinking: Bench = {
  name: "thinking",
  about:
    "a turn and its first word with a model over HTTP that answers at once, against the bare call of its library with the " +
    "very request that the turn sends, which holds the newest 200 lines of a conversation at most",
  run: async (run) => {
    for (const size of SIZES) await measureSize(size, run);
  },
};

async function measureSize(size: Size, { quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make(ALL_KINDS);
  await bed.startKind("cortex");
  const url = await bed.startStandIn();
  const requests = await requestsOf(bed, url, size);
  await bed.startChannel(thinkingAt(url));
  const bare = new BareCaller(url);
  const { warm, measured } = quick ? { warm: 2, measured: 4 } : { warm: 15, measured: 60 };
  const turns = { channel: [] as number[], bare: [] as number[], added: [] as number[] };
  const words = { channel: [] as number[], bare: [] as number[], added: [] as number[] };
  for (let round = 0; round < warm + measured; round++) {
    const address = conversation(size.anew ? `${size.messages}-${round}` : `${size.messages}`);
    if (size.anew) await fill(bed, address, size.messages);
    const turn = {
      channel: await timesOf(async () => (await bed.speaker.say(address, "hello")).ms),
      bare: await timesOf(async () => (await bare.ask(requests.atOnce)).ms),
    };
    const word = {
      channel: await timesOf(() => firstWord(bed, address)),
      bare: await timesOf(async () => (await bare.ask(requests.slowly)).firstMs),
    };
    if (round < warm) continue;
    add(turns, turn);
    add(words, word);
  }
  for (const [what, { channel, bare: call, added }] of [
    ["a turn", turns],
    ["first word", words],
  ] as const) {
    const name = `thinking: ${size.messages} messages, ${what}`;
    report(figure(`${name}: channel`, "ms", channel));
    report(figure(`${name}: bare call`, "ms", call));
    report(figure(`${name}: added`, "ms", added, GOALS));
  }
}

type Times = { readonly channel: readonly number[]; readonly bare: readonly number[] };

function add(to: { readonly [side in "channel" | "bare" | "added"]: number[] }, { channel, bare }: Times): void {
  to.channel.push(...channel);
  to.bare.push(...bare);
  to.added.push(median(channel) - median(bare));
}

async function timesOf(act: () => Promise<number>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let at = 0; at < TURNS; at++) samples.push(await act());
  return samples;
}

/** Fills a conversation and keeps what is sent for it then; the process that does is gone afterwards. */
async function requestsOf(bed: Bed, url: string, { messages }: Size): Promise<Requests> {
  await using tap = await ModelTap.before(url);
  const process = await bed.startChannel(thinkingAt(tap.url));
  const address = conversation(`${messages}`);
  await fill(bed, address, messages);
  for (const text of ["hello", SLOWLY]) await bed.speaker.say(address, text);
  const [atOnce, slowly] = tap.to(THINKER).slice(-2);
  if (atOnce === undefined || slowly === undefined) throw new Error("no model was asked");
  await process.leave();
  return { atOnce: atOnce.body, slowly: slowly.body };
}

/** Half of the messages are the agent's. */
async function fill(bed: Bed, address: Address, messages: number): Promise<void> {
  for (let at = 0; at < messages / 2; at++)
    await bed.speaker.say(address, `This is message ${at} of this conversation.`);
}

/** From sending until the first words are seen; the turn is waited for. Units: ms. */
async function firstWord(bed: Bed, address: Address): Promise<number> {
  const { client } = bed.speaker;
  let seenAt: number | undefined;
  const last = await client.last(address);
  using _ = client.follow(address, {
    fromSeq: last?.seq ?? 0,
    onRecord: () => {},
    onLive: (noun) => {
      if (noun === "delta") seenAt ??= performance.now();
    },
  });
  await client.wire.nc.flush();
  const startedAt = performance.now();
  await bed.speaker.say(address, SLOWLY);
  if (seenAt === undefined) throw new Error(`${address} told no words as they came`);
  return seenAt - startedAt;
}

function conversation(name: string): Address {
  return addressOf("main", "channel", `thinking-${name}`);
}
