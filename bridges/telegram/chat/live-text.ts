import { EventEmitter, once } from "node:events";
import type { z } from "zod";
import type { Hearing } from "#runtime/mod.ts";
import type { Address } from "#subjects/address.ts";
import { channelContract } from "#subjects/channel.ts";

const deltaSchema = channelContract.live.delta;

const CHANGED = "changed";

type Delta = z.output<typeof deltaSchema>;

/** The words of a conversation's answer as they come; as much of it as is known whole from its beginning on. */
export class LiveText implements Disposable {
  readonly #end: () => void;
  readonly #changes = new EventEmitter();
  #step = "";
  #attempt = 0;
  #text = "";

  constructor(hearing: Hearing, conversation: Address) {
    this.#end = hearing.listen(conversation, {
      onLive: (noun, data) => {
        const delta = noun === "delta" ? deltaSchema.safeParse(data).data : undefined;
        if (delta !== undefined) this.#take(delta);
        // Whatever else is told, the words before it are said, or given up.
        else this.#text = "";
      },
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Which words these are: those of one try at one answer have it in common. */
  get source(): string {
    return `${this.#step} ${this.#attempt}`;
  }

  /** Resolves when there are other words. Throws: AbortError. */
  async changed(signal: AbortSignal): Promise<void> {
    await once(this.#changes, CHANGED, { signal });
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #take({ step, attempt, offset, text }: Delta): void {
    if (step !== this.#step || attempt !== this.#attempt) {
      // Of words whose beginning was missed nothing is shown.
      if (offset !== 0) return;
      this.#step = step;
      this.#attempt = attempt;
      this.#text = "";
    }
    if (offset !== this.#text.length) return;
    this.#text += text;
    this.#changes.emit(CHANGED);
  }
}

/** The live texts of a process: whoever attends to a conversation shares one. */
export class LiveTexts {
  readonly #hearing: Hearing;
  readonly #texts = new Map<Address, { readonly text: LiveText; users: number }>();

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  /** The text of a conversation from now on, or from when somebody else began to listen to it. */
  open(conversation: Address): LiveText {
    const shared = this.#texts.get(conversation) ?? { text: new LiveText(this.#hearing, conversation), users: 0 };
    shared.users++;
    this.#texts.set(conversation, shared);
    return shared.text;
  }

  /** One listens less. */
  close(conversation: Address): void {
    const shared = this.#texts.get(conversation);
    if (shared === undefined) return;
    shared.users--;
    if (shared.users > 0) return;
    shared.text[Symbol.dispose]();
    this.#texts.delete(conversation);
  }
}
