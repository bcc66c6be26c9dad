import type { Chance } from "#chaos/chance.ts";
import type { FakeTelegram } from "#support/telegram/fake-api.ts";
import type { Standing, Trouble } from "#support/telegram/faults.ts";

/** What shows something, what brings updates, what could be left out, and what whoever takes over begins with. */
const METHODS = {
  send: ["sendMessage"],
  edit: ["editMessageText"],
  poll: ["getUpdates"],
  rest: ["sendChatAction", "sendRichMessageDraft", "sendMessageDraft"],
  begin: ["getMe", "getWebhookInfo", "setMyCommands"],
} as const;

type Sort = keyof typeof METHODS;

/** So many troubles of a sort wait for their call at most: they are not to meet all of them at once. */
const MOST_WAITING = 2;

/** Longest pause that is asked for. Units: seconds. */
const LONGEST_PAUSE = 3;

/** One trouble of so many is a call that is never answered. */
const HANGING = 20;

type Asked = { readonly sort: Sort; readonly name: string; readonly times: number; readonly standing: Standing };

/** Calls of the Bot API that go wrong, as chance has it. */
export class Troubles {
  readonly #fake: FakeTelegram;
  readonly #chance: Chance;
  readonly #hangs: boolean;
  readonly #asked: Asked[] = [];

  constructor(fake: FakeTelegram, chance: Chance, hangs: boolean) {
    this.#fake = fake;
    this.#chance = chance;
    this.#hangs = hangs;
  }

  /** How many were asked for. */
  get asked(): number {
    return this.#asked.length;
  }

  /** How many calls went wrong, by what went wrong with which of them. Shape: `{ "reset edit": 4 }`. */
  get taken(): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    for (const { name, standing } of this.#asked) {
      if (standing.taken > 0) sums[name] = (sums[name] ?? 0) + standing.taken;
    }
    return sums;
  }

  /** The next call or two of some sort go wrong, unless as much is in store for it already. */
  cause(): void {
    const sort = this.#chance.pick(Object.keys(METHODS) as Sort[]);
    const [trouble, times] = [this.#trouble(sort), this.#chance.between(1, 2)];
    const waiting = this.#asked.filter((each) => each.sort === sort && each.standing.taken < each.times);
    if (waiting.length >= MOST_WAITING) return;
    const standing = this.#fake.fault({ ...trouble, method: METHODS[sort], times });
    this.#asked.push({ sort, name: `${trouble.type} ${sort}`, times, standing });
  }

  /** From now on everything goes well. */
  end(): void {
    for (const { standing } of this.#asked) standing.stop();
  }

  #trouble(sort: Sort): Trouble {
    if (sort !== "poll" && sort !== "begin" && this.#hangs && this.#chance.between(1, HANGING) === 1)
      return { type: "time-out", acts: true };
    const [retryAfter, acts] = [this.#chance.between(1, LONGEST_PAUSE), this.#chance.next() < 0.5];
    const common: readonly Trouble[] = [
      { type: "lose-answer" },
      { type: "429", retryAfter },
      { type: "502", acts },
      { type: "reset" },
    ];
    // Of what is sent, most is lost: that is where things could be doubled.
    if (sort === "send" || sort === "edit") return this.#chance.pick([...common, { type: "lose-answer" }]);
    return this.#chance.pick(sort === "poll" ? [...common, { type: "409" }] : common);
  }
}
