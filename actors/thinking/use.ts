import { type Call, LOOK_BACK, lookBackInput, shownResult, type Used } from "#actors/turn/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";
import { lookedBack } from "./looked-back.ts";

/** Whose past a tool looks into, up to and with which event. */
type Past = { readonly from: Address; readonly seq: number };

/** Has a tool done. Throws: Error that says what went wrong, which the model is told. */
export async function use(call: Call, past: Past, tools: Pick<Tools<unknown>, "back">): Promise<Used> {
  if (call.type !== "tool-call" || call.name !== LOOK_BACK) throw new Error(`nothing here can do ${call.name}`);
  const input = lookBackInput.parse(call.input);
  // What comes after it is not walked through.
  const seq = Math.min(past.seq, (input.before ?? past.seq + 1) - 1);
  if (seq < 1) return { text: "Nothing was said before that." };
  return { text: shownResult(await lookedBack(input, tools.back({ from: past.from, seq }))) };
}
