import { setTimeout as sleep } from "node:timers/promises";
import { type ModelName, OFFLINE, writtenName } from "./chain.ts";
import type { Cooldowns } from "./cooldowns.ts";
import { ModelFailed, unknownModel } from "./failure.ts";
import { hasPictures, withoutPictures } from "./files.ts";
import type { Answer, ModelRequest, Provider } from "./provider.ts";
import { type RetryOptions, waitBeforeRetry } from "./retry.ts";
import { sees } from "./sight.ts";

/**
 * A call of whichever model can answer. What is told by `onText` under one attempt is the beginning of one text; a later
 * attempt begins anew.
 */
export type Call = Omit<ModelRequest, "model" | "onText"> & {
  /** What it is for, where that has models of its own. */
  readonly task?: string;
  onText(text: string, attempt: number): void;
};

/** What a router stands on. */
export type RouterPort = {
  /** By name. */
  readonly providers: Readonly<Record<string, Provider>>;
  readonly cooldowns: Cooldowns;
  readonly retry: RetryOptions;
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly chance: () => number;
  /** Told of each failure, as data and in words. */
  readonly log: (fields: Readonly<Record<string, unknown>>, message: string) => void;
};

/** A model that failed in this call, and what it said. */
type Failures = Map<string, ModelFailed>;

/**
 * Tries the models of a chain until one answers: the same one again where its fault may pass, else the next. Whoever
 * limits us is left alone by all for its time. Throws: ModelFailed, which says what to mend; the signal's reason.
 */
export class Router {
  readonly #port: RouterPort;

  constructor(port: RouterPort) {
    this.#port = port;
  }

  /** Has a chain answer. */
  async answer(call: Call, chain: readonly ModelName[]): Promise<Answer> {
    const failures: Failures = new Map();
    const turn = new Turn(this.#port, call, failures);
    const resting: { readonly name: ModelName; readonly until: number }[] = [];
    for (const name of chain) {
      // Nobody limits the offline model, and its turns are too quick to ask.
      const until = name.provider === OFFLINE ? 0 : await this.#port.cooldowns.until(writtenName(name));
      if (until > this.#port.now()) resting.push({ name, until });
      else {
        const answer = await turn.ask(name, this.#port.retry.tries);
        if (answer !== undefined) return answer;
        const restsUntil = turn.restsUntil;
        if (restsUntil !== undefined) resting.push({ name, until: restsUntil });
      }
    }
    return (await this.#lastHope(turn, resting)) ?? fail(failures, resting, this.#port.now());
  }

  /** With nobody else left, a short rest is waited out. */
  async #lastHope(
    turn: Turn,
    resting: readonly { readonly name: ModelName; readonly until: number }[],
  ): Promise<Answer | undefined> {
    const soonest = resting.toSorted((a, b) => a.until - b.until)[0];
    if (soonest === undefined) return undefined;
    const waitMs = Math.max(0, soonest.until - this.#port.now());
    if (waitMs > this.#port.retry.mostWaitMs) return undefined;
    await turn.wait(waitMs + this.#port.chance() * this.#port.retry.firstWaitMs);
    return await turn.ask(soonest.name, 1);
  }
}

/** One call on its way through a chain; its attempts are numbered through. */
class Turn {
  readonly #port: RouterPort;
  readonly #call: Call;
  readonly #failures: Failures;
  #attempt = 0;
  /** When the model asked last may be asked again, if it limited us. */
  restsUntil: number | undefined;

  constructor(port: RouterPort, call: Call, failures: Failures) {
    this.#port = port;
    this.#call = call;
    this.#failures = failures;
  }

  /** Asks one model, a few times where that may help; undefined when it has no answer. Throws: a failure that ends all. */
  async ask(name: ModelName, tries: number): Promise<Answer | undefined> {
    this.restsUntil = undefined;
    let messages = sees(name) ? this.#call.messages : withoutPictures(this.#call.messages);
    for (let tried = 1; ; tried++) {
      const told = await this.#once(name, messages);
      if (!(told instanceof ModelFailed)) return told;
      await this.#note(name, told);
      // Perhaps it takes none, or not these: the lines of them say what there was.
      if (told.code === "model-request" && hasPictures(messages)) {
        messages = withoutPictures(messages);
        continue;
      }
      if (told.after === "stop") throw told;
      const { retry, chance } = this.#port;
      const waitMs = told.after === "next" ? undefined : waitBeforeRetry(told, tried, retry, chance());
      if (tried >= tries || waitMs === undefined) return undefined;
      await this.wait(waitMs);
    }
  }

  /** Throws: the signal's reason. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.#call;
    await sleep(ms, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }

  async #once({ provider, model }: ModelName, messages: Call["messages"]): Promise<Answer | ModelFailed> {
    const { providers } = this.#port;
    const known = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
    if (known === undefined) return unknownModel(writtenName({ provider, model }), Object.keys(providers));
    const attempt = ++this.#attempt;
    const { task: _, ...request } = this.#call;
    try {
      return await known.think({ ...request, messages, model, onText: (text) => this.#call.onText(text, attempt) });
    } catch (error) {
      this.#call.signal.throwIfAborted();
      if (error instanceof ModelFailed) return error;
      throw error;
    }
  }

  async #note(name: ModelName, failed: ModelFailed): Promise<void> {
    const model = writtenName(name);
    const { log, cooldowns, retry, now } = this.#port;
    this.#failures.set(model, failed);
    log({ event: "model-failed", model, code: failed.code, attempt: this.#attempt }, failed.message);
    if (failed.code !== "model-limited") return;
    const forMs = failed.waitMs ?? retry.cooldownMs;
    this.restsUntil = now() + forMs;
    await cooldowns.set(model, forMs);
  }
}

function fail(
  failures: Failures,
  resting: readonly { readonly name: ModelName; readonly until: number }[],
  now: number,
): never {
  const said = new Set([...failures.values()].map(({ message }) => message));
  for (const { name, until } of resting) {
    const model = writtenName(name);
    if (!failures.has(model)) said.add(`${model} takes no more calls for ${Math.ceil((until - now) / 1_000)} s`);
  }
  const [only] = failures.values();
  if (only !== undefined && said.size === 1) throw only;
  throw new ModelFailed("no-model", [...said].join("; "), "stop");
}
