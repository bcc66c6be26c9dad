import type { Client } from "#runtime/mod.ts";
import { TOKEN_KEYS, type TokenHolder, tokenKey, tokenSchema } from "#subjects/http-token.ts";
import { onBus } from "./deadline.ts";

/** A token that was revoked may be used for so long still. Units: ms. */
export const REMEMBERED_MS = 3_000;

/** So many tokens are remembered at a time. */
const MAX_REMEMBERED = 2_000;

type Memory = { readonly holder: Promise<TokenHolder | undefined>; readonly until: number };

/** Who holds which token, looked up by its hash and remembered for a few seconds. */
export class Holders {
  readonly #client: Pick<Client, "entry">;
  readonly #memory = new Map<string, Memory>();

  constructor(client: Pick<Client, "entry">) {
    this.#client = client;
  }

  /** The holder of a token; undefined when it is not known or was revoked. Throws: Problem when the bus is away. */
  find(hash: string): Promise<TokenHolder | undefined> {
    const known = this.#memory.get(hash);
    if (known !== undefined && known.until > Date.now()) return known.holder;
    this.#memory.delete(hash);
    const holder = this.#look(hash);
    holder.catch(() => this.#memory.delete(hash));
    this.#memory.set(hash, { holder, until: Date.now() + REMEMBERED_MS });
    const [oldest] = this.#memory.keys();
    if (this.#memory.size > MAX_REMEMBERED && oldest !== undefined) this.#memory.delete(oldest);
    return holder;
  }

  async #look(hash: string): Promise<TokenHolder | undefined> {
    const look = (signal: AbortSignal) => this.#client.entry(TOKEN_KEYS.bucket, tokenKey(hash), signal);
    const { data } = tokenSchema.safeParse(await onBus(look, "whose token this is cannot be told"));
    return data;
  }
}
