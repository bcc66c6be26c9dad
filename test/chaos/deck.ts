import type { Chance } from "./chance.ts";

/** Of a hundred faults. `leave` comes on top and is none: a process hands over in good order, as in a rolling restart. */
const SHARES = { kill: 56, stop: 28, "server-kill": 13, "server-stop": 3, leave: 6 } as const;

/** What is done to a process or to the server. */
export type FaultType = keyof typeof SHARES;

/** Kinds that run, and of a hundred faults of a process those that hit one of them. */
export type KindShares = Readonly<Record<string, number>>;

/** Faults as from a pack of cards, so that every share is kept to. */
export class Deck {
  readonly #chance: Chance;
  readonly #faults: number;
  readonly #kinds: KindShares;
  #cards: FaultType[] = [];

  constructor(chance: Chance, faults: number, kinds: KindShares) {
    this.#chance = chance;
    this.#faults = faults;
    this.#kinds = kinds;
  }

  /** What is done next. */
  draw(): FaultType {
    if (this.#cards.length === 0) {
      const names = Object.keys(SHARES) as FaultType[];
      this.#cards = names.flatMap((name) =>
        Array(Math.ceil((SHARES[name] * Math.min(this.#faults, 100)) / 100)).fill(name),
      );
    }
    const [drawn] = this.#cards.splice(this.#chance.between(0, this.#cards.length - 1), 1);
    return drawn ?? "kill";
  }

  /** The kind of process that it is done to. */
  drawKind(): string {
    const kinds = Object.entries(this.#kinds);
    const [[first = ""] = []] = kinds;
    if (kinds.length === 1) return first;
    let dice = this.#chance.between(1, 100);
    const drawn = kinds.find(([, share]) => {
      dice -= share;
      return dice <= 0;
    });
    return drawn?.[0] ?? first;
  }
}
