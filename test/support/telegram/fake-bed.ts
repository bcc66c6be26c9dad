import assert from "node:assert/strict";
import { Api, GrammyError } from "grammy";
import { FakeTelegram } from "./fake-api.ts";
import type { FakeOptions } from "./fake-options.ts";

/** A fake Telegram with a client of its bot, gone at the end of the block. */
export type FakeBed = AsyncDisposable & { readonly fake: FakeTelegram; readonly api: Api };

/** A fake Telegram, without limits unless they are given, and a client of its bot. */
export async function startedFake(options: FakeOptions = { limits: "none" }): Promise<FakeBed> {
  const fake = await FakeTelegram.start(options);
  return { fake, api: apiOf(fake), [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

/** A client of a bot. */
export function apiOf(fake: FakeTelegram, token: string = fake.token): Api {
  return new Api(token, { apiRoot: fake.url, timeoutSeconds: 5 });
}

/** Throws: AssertionError where Telegram does not refuse a call in these words. */
export function refuses(call: Promise<unknown>, code: number, description: RegExp | string): Promise<void> {
  return assert.rejects(call, (thrown) => {
    assert.ok(thrown instanceof GrammyError, `${thrown}`);
    assert.equal(thrown.error_code, code, thrown.description);
    if (typeof description === "string") assert.equal(thrown.description, description);
    else assert.match(thrown.description, description);
    return true;
  });
}
