import type { Update } from "@grammyjs/types";
import { Refusal } from "./refusal.ts";

/** What an update can be about. */
export type UpdateKind = Exclude<keyof Update, "update_id">;

/** What a bot does not hear of unless it asks for it by name. */
const UNASKED: ReadonlySet<string> = new Set(["chat_member", "message_reaction", "message_reaction_count"]);

/** An update on its way. One whose number is not after all others' is told once, whatever was confirmed. */
type Waiting = { readonly id: number; readonly update: unknown; readonly isStray: boolean };

/** A bot that waits for updates. */
type Poll = { readonly give: () => void; readonly end: (why: Refusal) => void };

/** What a bot asks for. Units: ms. */
export type Asked = {
  readonly offset: number | undefined;
  readonly limit: number;
  readonly waitMs: number;
  /** The client has gone away. */
  readonly gone: AbortSignal;
};

/** Updates that the bot has not confirmed yet, in order. */
export class UpdateQueue {
  pending: readonly Waiting[] = [];
  /** Kinds that the bot wants; empty for the usual ones. */
  allowed: readonly string[] = [];
  /** Called when there is something new. */
  onPush: () => void = () => {};
  readonly #changed: () => void;
  #next: number;
  #poll: Poll | undefined;

  constructor(first: number, changed: () => void) {
    this.#next = first;
    this.#changed = changed;
  }

  /** Something has happened; the bot is told if it wants to hear of such. */
  push(kind: UpdateKind, content: unknown): void {
    const isWanted = this.allowed.length === 0 ? !UNASKED.has(kind) : this.allowed.includes(kind);
    if (isWanted) this.pushRaw({ [kind]: structuredClone(content) });
  }

  /** An update as it is; gives its number. */
  pushRaw(update: unknown): number {
    const isObject = typeof update === "object" && update !== null && !Array.isArray(update);
    const given = isObject && "update_id" in update ? update.update_id : undefined;
    const id = typeof given === "number" ? given : this.#next;
    const isStray = id < this.#next;
    this.#next = Math.max(this.#next, id + 1);
    const numbered = isObject && !("update_id" in update) ? { update_id: id, ...update } : update;
    this.pending = [...this.pending, { id, update: numbered, isStray }];
    this.#poll?.give();
    this.onPush();
    this.#changed();
    return id;
  }

  /** What is there, or comes while the bot waits. Throws: Refusal 409 when another one asks meanwhile. */
  async take({ offset, limit, waitMs, gone }: Asked): Promise<readonly unknown[]> {
    this.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running");
    if (offset !== undefined) this.confirm(offset);
    if (this.pending.length === 0 && waitMs > 0) await this.#wait(waitMs, gone);
    return this.give(limit);
  }

  /** The first of what is there. */
  give(limit: number): readonly unknown[] {
    const given = this.pending.slice(0, limit);
    this.pending = this.pending.filter((one) => !(one.isStray && given.includes(one)));
    return given.map(({ update }) => update);
  }

  /** All before it are done with; a negative one leaves only so many at the end. */
  confirm(offset: number): void {
    this.pending =
      offset < 0 ? this.pending.slice(offset) : this.pending.filter(({ id, isStray }) => isStray || id >= offset);
    this.#changed();
  }

  /** Nothing of what is there is told. */
  drop(): void {
    this.pending = [];
  }

  /** A bot that waits is sent away. */
  endPoll(why: string): void {
    this.#poll?.end(new Refusal(409, why));
  }

  /** Whoever waits is given what is there. */
  close(): void {
    this.#poll?.give();
  }

  #wait(waitMs: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        clearTimeout(timer);
        gone.removeEventListener("abort", give);
        if (this.#poll === poll) this.#poll = undefined;
      };
      const give = (): void => {
        over();
        resolve();
      };
      const end = (why: Refusal): void => {
        over();
        reject(why);
      };
      const poll: Poll = { give, end };
      const timer = setTimeout(give, waitMs);
      gone.addEventListener("abort", give);
      this.#poll = poll;
    });
  }
}
