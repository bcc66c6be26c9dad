import { createHmac, timingSafeEqual } from "node:crypto";
import { BUTTON_VERBS, type Button } from "#subjects/telegram-shown.ts";

/** What a button stands for. Units: `until` ms since 1970, whole seconds of which are kept. */
export type Deed = { readonly verb: Button["verb"]; readonly ref: string; readonly until: number };

/** What Telegram gives back of a button. Units: bytes. */
const MAX_DATA = 64;

/** So much of a signature is kept, 88 bits: 15 characters. Units: bytes. */
const MAC_BYTES = 11;

const LABEL = "thalassa telegram buttons";

/** A signature, the verb's place among all, when it ends in seconds, and the ref. */
const SEALED = /^([\w-]{15})([0-9a-z])([0-9a-z]{1,8})\.([!-~]{0,40})$/;

/** The key that the buttons of a bot are sealed with; nothing of its token can be read from it. */
export function buttonKey(token: string): Buffer {
  return createHmac("sha256", token).update(LABEL).digest();
}

/**
 * What a button of this chat carries, so that nobody can make one up or press one of another chat. Shape:
 * `b3xFhR0a2cN9v_Q7tmk.w3fA9xQ-0:a1`. Throws: RangeError when the ref has other than 0 to 40 visible ASCII characters.
 */
export function sealDeed({ verb, ref, until }: Deed, chat: number, key: Buffer): string {
  const seconds = Math.max(0, Math.floor(until / 1_000)).toString(36);
  const data = `${macOf({ verb, seconds, ref }, chat, key)}${BUTTON_VERBS.indexOf(verb).toString(36)}${seconds}.${ref}`;
  if (!SEALED.test(data) || data.length > MAX_DATA) {
    throw new RangeError(`${JSON.stringify(ref)} is no ref of a button; use at most 40 visible ASCII characters`);
  }
  return data;
}

/** What a button of this chat stands for, however late it is; undefined where its signature is not ours. */
export function openDeed(data: string, chat: number, key: Buffer): Deed | undefined {
  const [, mac, place, seconds, ref] = SEALED.exec(data) ?? [];
  if (mac === undefined || place === undefined || seconds === undefined || ref === undefined) return undefined;
  const verb = BUTTON_VERBS[Number.parseInt(place, 36)];
  if (verb === undefined) return undefined;
  const honest = macOf({ verb, seconds, ref }, chat, key);
  if (!timingSafeEqual(Buffer.from(honest), Buffer.from(mac))) return undefined;
  return { verb, ref, until: Number.parseInt(seconds, 36) * 1_000 };
}

/** The verb itself is signed, as its place may be another's in a later version. */
function macOf(
  { verb, seconds, ref }: { readonly verb: string; readonly seconds: string; readonly ref: string },
  chat: number,
  key: Buffer,
): string {
  const signed = JSON.stringify([chat, verb, seconds, ref]);
  return createHmac("sha256", key).update(signed).digest().subarray(0, MAC_BYTES).toString("base64url");
}
