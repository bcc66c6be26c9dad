import { z } from "zod";
import { OFFLINE } from "./chain.ts";
import { LISTED, type Listed } from "./price-list.ts";
import type { Usage } from "./provider.ts";

/** What a model costs. Units: US dollars a million tokens, which are millionths of a dollar a token. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
};

/** What models cost here. */
export type Prices = {
  /** As the setting has them, by beginnings of names; they win over the list that comes with Thalassa. */
  readonly own: ReadonlyMap<string, Price>;
  /** Providers that charge nothing. */
  readonly free: ReadonlySet<string>;
};

/** Says of the setting: the list that comes with Thalassa holds. */
export const NO_PRICES = "none";

const AMOUNT = String.raw`\d{1,6}(?:\.\d{1,6})?`;
const ENTRY = String.raw`[A-Za-z0-9_-]+(?:\/[^\s,;=]*)?\s*=\s*${AMOUNT}(?:\/${AMOUNT}){1,3}`;

/** Prices, as a setting takes them. Shape: `openai/gpt-6=2/10; vllm=0.1/0.1/0.01/0.1`. */
export const pricesPattern = new RegExp(`^\\s*(?:${NO_PRICES}|${ENTRY}(?:\\s*;\\s*${ENTRY})*)\\s*;?\\s*$`);

const setPrices = z.string().regex(pricesPattern);

/** Reads the setting. Throws: RangeError when it cannot be read. */
export function pricesFrom(text: string, free: Iterable<string>): Prices {
  const { success, data } = setPrices.safeParse(text);
  if (!success) {
    throw new RangeError(
      `${JSON.stringify(text)} are no prices; write provider/model=input/output/cacheRead/cacheWrite; …, in US dollars a million tokens`,
    );
  }
  const entries = data.split(";").flatMap((part) => {
    const [name = "", figures] = part.split("=");
    return figures === undefined ? [] : [[comparable(name.trim()), priceOf(figures)] as const];
  });
  return { own: new Map(entries), free: new Set([OFFLINE, ...free]) };
}

/**
 * What a call cost, rounded up. A model that nobody knows the price of is taken for the dearest one there is, so that a
 * limit is reached too early rather than too late. Units: millionths of a US dollar.
 */
export function costOf(usage: Usage, model: string, prices: Prices): number {
  if (isFree(model, prices)) return 0;
  const { input, output, cacheRead, cacheWrite } = usage;
  const price = priceFor(model, input + cacheRead + cacheWrite, prices);
  const exact =
    input * scaled(price.input) +
    output * scaled(price.output) +
    cacheRead * scaled(price.cacheRead) +
    cacheWrite * scaled(price.cacheWrite);
  return Math.ceil(exact / SCALE);
}

/** Whether a model costs nothing: one that is built in or on a host of one's own, unless the setting gives it a price. */
export function isFree(model: string, { own, free }: Prices): boolean {
  return model === OFFLINE || (free.has(model.split("/", 1)[0] ?? "") && longest(own, model) === undefined);
}

/** Whether the price of a model is known here, and not that of the dearest one. */
export function isPriced(model: string, prices: Prices): boolean {
  return isFree(model, prices) || longest(prices.own, model) !== undefined || listed(model) !== undefined;
}

/** Prices are added up as whole numbers, for 0.1 has no exact half. */
const SCALE = 1_000_000;

function scaled(price: number): number {
  return Math.round(price * SCALE);
}

function priceFor(model: string, prompt: number, { own }: Prices): Price {
  const set = longest(own, model);
  if (set !== undefined) return set;
  const entry = listed(model);
  if (entry === undefined) return DEAREST;
  return entry.above !== undefined && prompt > entry.above.tokens ? entry.above.price : entry.price;
}

/** The figures of one price. What is not said is on the safe side: a cache that saves nothing, and costs a quarter to fill. */
function priceOf(figures: string): Price {
  const [input = 0, output = 0, cacheRead = input, cacheWrite = input * 1.25] = figures.split("/").map(Number);
  return { input, output, cacheRead, cacheWrite };
}

type Known = { readonly price: Price; readonly above?: { readonly tokens: number; readonly price: Price } };

function known({ price, above }: Listed): Known {
  if (above === undefined) return { price: priceOf(price) };
  return { price: priceOf(price), above: { tokens: above.tokens, price: priceOf(above.price) } };
}

const KNOWN: ReadonlyMap<string, Known> = new Map(
  Object.entries(LISTED).map(([name, entry]) => [comparable(name), known(entry)]),
);

/** The most that any listed model takes for each sort of token. */
const DEAREST: Price = [...KNOWN.values()]
  .flatMap(({ price, above }) => (above === undefined ? [price] : [price, above.price]))
  .reduce((one, other) => ({
    input: Math.max(one.input, other.input),
    output: Math.max(one.output, other.output),
    cacheRead: Math.max(one.cacheRead, other.cacheRead),
    cacheWrite: Math.max(one.cacheWrite, other.cacheWrite),
  }));

/** A router passes on what the vendor takes, and names him before the model. */
function listed(model: string): Known | undefined {
  const routed = model.replace(/^openrouter\//, "").replace(/^google\//, "gemini/");
  return longest(KNOWN, routed);
}

function longest<T>(entries: ReadonlyMap<string, T>, model: string): T | undefined {
  const name = comparable(model);
  let found: string | undefined;
  for (const beginning of entries.keys()) {
    if (name.startsWith(beginning) && beginning.length > (found?.length ?? -1)) found = beginning;
  }
  return found === undefined ? undefined : entries.get(found);
}

/** Some write a version with a dot where others write a hyphen. */
function comparable(name: string): string {
  return name.toLowerCase().replaceAll(".", "-");
}
