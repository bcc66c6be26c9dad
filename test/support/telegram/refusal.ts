import type { ApiError, ResponseParameters } from "@grammyjs/types";

/** What an answer with this number begins with. */
const BEGINNINGS: Readonly<Record<number, string>> = {
  400: "Bad Request: ",
  403: "Forbidden: ",
  404: "Not Found: ",
  409: "Conflict: ",
};

/** Telegram says no; the call has done nothing. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;
  /** Whether the bot could have known: no state of Telegram makes this call right. */
  readonly isBug: boolean;

  constructor(
    code: number,
    what: string,
    more: { readonly parameters?: ResponseParameters; readonly isBug?: boolean } = {},
  ) {
    super(`${BEGINNINGS[code] ?? ""}${what}`);
    this.code = code;
    this.parameters = more.parameters;
    this.isBug = more.isBug ?? false;
  }

  /** As it stands on the wire. */
  body(): ApiError {
    const said = { ok: false, error_code: this.code, description: this.message } as const;
    return this.parameters === undefined ? said : { ...said, parameters: this.parameters };
  }
}

/** A refusal of a call that no state of Telegram makes right. */
export function bug(what: string): Refusal {
  return new Refusal(400, what, { isBug: true });
}

/** A refusal for how things stand in the chat. */
export function badRequest(what: string): Refusal {
  return new Refusal(400, what);
}

/** Too many calls. Units: whole seconds. */
export function flooded(retryAfter: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${retryAfter}`, { parameters: { retry_after: retryAfter } });
}
