import { setTimeout as delay } from "node:timers/promises";
import type { WebhookInfo } from "@grammyjs/types";
import type { UpdateQueue } from "./update-queue.ts";

/** Brings updates to a webhook, one after the other, each again and again until it is taken. */
export class Webhook {
  url: string | undefined;
  readonly #updates: UpdateQueue;
  readonly #retryMs: number;
  #secret: string | undefined;
  #running = new AbortController();
  #wake: () => void = () => {};
  #failed: { readonly at: number; readonly why: string } | undefined;

  constructor(updates: UpdateQueue, retryMs: number) {
    this.#updates = updates;
    this.#retryMs = retryMs;
    updates.onPush = () => this.#wake();
  }

  /** From now on updates are brought there. */
  set(url: string, secret: string | undefined): void {
    this.stop();
    this.url = url;
    this.#secret = secret;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  /** Updates are brought nowhere. */
  stop(): void {
    this.url = undefined;
    this.#failed = undefined;
    this.#running.abort();
    this.#wake();
  }

  /** As `getWebhookInfo` tells it. */
  info(): WebhookInfo {
    const failed = this.#failed;
    return {
      url: this.url ?? "",
      has_custom_certificate: false,
      pending_update_count: this.#updates.pending.length,
      ...(this.url === undefined ? {} : { max_connections: 40, ip_address: "127.0.0.1" }),
      ...(failed === undefined ? {} : { last_error_date: failed.at, last_error_message: failed.why }),
    };
  }

  async #run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const [first] = this.#updates.pending;
      if (first === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if (await this.#brings(first.update, stopped)) {
        this.#updates.give(1);
        this.#updates.confirm(first.id + 1);
      } else {
        await delay(this.#retryMs);
      }
    }
  }

  /** Whether it was taken. */
  async #brings(update: unknown, stopped: AbortSignal): Promise<boolean> {
    try {
      const headers = new Headers({ "content-type": "application/json" });
      if (this.#secret !== undefined) headers.set("X-Telegram-Bot-Api-Secret-Token", this.#secret);
      const body = JSON.stringify(update);
      const answer = await fetch(this.url ?? "", { method: "POST", headers, body, signal: stopped });
      await answer.arrayBuffer();
      if (!answer.ok) this.#fails(`Wrong response from the webhook: ${answer.status} ${answer.statusText}`);
      return answer.ok && !stopped.aborted;
    } catch (thrown) {
      if (!stopped.aborted) this.#fails(thrown instanceof Error ? thrown.message : String(thrown));
      return false;
    }
  }

  #fails(why: string): void {
    this.#failed = { at: Math.floor(Date.now() / 1_000), why };
  }
}
