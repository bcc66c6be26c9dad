import type { ChatBrought } from "#bridges/telegram/chat/brought.ts";
import { type ChatInput, decideChat } from "#bridges/telegram/chat/decide.ts";
import { evolveChat } from "#bridges/telegram/chat/evolve.ts";
import { chatSends } from "#bridges/telegram/chat/sends.ts";
import { type ChatState, initialChat } from "#bridges/telegram/chat/state.ts";
import { type ChatStep, chatSteps } from "#bridges/telegram/chat/steps.ts";
import type { Refusal } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import type { TelegramEvent, TelegramMail } from "#subjects/telegram.ts";
import type { Admitted, Incoming } from "#subjects/telegram-update.ts";

/** Any moment. Units: ms since 1970. */
export const NOW = 1_790_000_000_000;

/** Somebody who writes. */
export const ADA = { id: 4711, name: "Ada" };

type Mail = { readonly verb: TelegramMail["verb"]; readonly data: unknown; readonly from?: Address };

/** A chat without a process: inputs go in, events come out and are folded. */
export class ChatRoom {
  state: ChatState;
  readonly events: TelegramEvent[] = [];
  readonly #decide: ReturnType<typeof decideChat>;
  at = NOW;

  constructor(address: Address = "main.telegram.4711", show: "all" | "final" = "all") {
    this.state = initialChat(address);
    this.#decide = decideChat({ show });
  }

  /** What is wanted now. */
  get steps(): Readonly<Record<string, ChatStep>> {
    return chatSteps(this.state);
  }

  mail({ from, ...mail }: Mail): TelegramEvent | Refusal | undefined {
    const input = { type: "mail", id: `m${this.events.length}`, at: this.at, ...mail, ...(from ? { from } : {}) };
    return this.#take(input as ChatInput);
  }

  brings(
    key: string,
    data: ChatBrought,
    type: "outcome" | "emission" = "outcome",
  ): TelegramEvent | Refusal | undefined {
    return this.#take({ type, id: "i1", at: this.at, key, data });
  }

  /** A step ends badly. */
  fails(key: string, reason: string): TelegramEvent | Refusal | undefined {
    return this.#take({ type: "failure", id: "i1", at: this.at, key, code: "threw", reason });
  }

  /** Somebody does something here. */
  update(incoming: Incoming, more: Partial<Admitted> = {}): TelegramEvent | Refusal | undefined {
    return this.mail({ verb: "update", data: this.admitted(incoming, more) });
  }

  says(text: string, message: number, more: Partial<Extract<Incoming, { type: "message" }>> = {}) {
    const command = /^\/(\w+)\s*(.*)$/s.exec(text);
    return this.update({
      type: "message",
      message,
      from: ADA,
      text,
      at: this.at,
      addressed: true,
      files: [],
      ...(command ? { command: { name: command[1] ?? "", rest: command[2] ?? "" } } : {}),
      ...more,
    });
  }

  admitted(incoming: Incoming, more: Partial<Admitted> = {}): Admitted {
    return { update: this.events.length + 1, place: this.state.place, role: "owner", agent: "main", incoming, ...more };
  }

  /** The mail, timers and dead letters that the last event leads to. */
  get sent(): ReturnType<typeof chatSends> {
    const event = this.events.at(-1);
    return event === undefined
      ? {}
      : chatSends(event, { address: this.state.address, id: `e${this.events.length}AAAAAA`, at: this.at });
  }

  /** Does all that is to be shown, as if Telegram took everything; gives what was shown. */
  showAll(): string[] {
    const shown: string[] = [];
    for (let head = this.state.queue[0]; head !== undefined; head = this.state.queue[0]) {
      const [key = "", step] =
        Object.entries(this.steps).find(([, { type }]) => type === "place" || type === "deliver") ?? [];
      if (step?.type === "place") this.brings(key, { type: "placed", part: 0, message: 1_000 + head.n });
      else if (step?.type === "deliver") {
        const { out } = step.item;
        shown.push(out.type === "words" ? out.text : out.type === "notice" ? (step.notice?.text ?? "") : out.name);
        this.brings(key, { type: "shown" });
      } else throw new Error(`nothing shows ${JSON.stringify(head)}`);
    }
    return shown;
  }

  #take(input: ChatInput): TelegramEvent | Refusal | undefined {
    const event = this.#decide(this.state, input);
    if (event === undefined || event.type === "refusal") return event;
    this.events.push(event);
    const placed = {
      address: this.state.address,
      seq: this.events.length,
      id: `e${this.events.length}AAAAAA`,
      at: this.at,
    };
    this.state = evolveChat(this.state, event, placed);
    parseAddress(this.state.address);
    return event;
  }
}
