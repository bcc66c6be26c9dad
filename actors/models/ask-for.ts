import { z } from "zod";
import { ModelFailed } from "./failure.ts";
import { jsonOf } from "./json.ts";
import type { Models } from "./models.ts";
import { type Answer, type Message, textOf } from "./provider.ts";
import type { Call } from "./router.ts";

/** What was asked for, and the answers that it took; each was paid for. */
export type Got<T> = { readonly value: T; readonly answers: readonly Answer[] };

/**
 * Asks for something of a shape. An answer that does not fit is told what is wrong with it, once. Throws: ModelFailed,
 * with `model-unfit` when the second answer does not fit either; the signal's reason.
 */
export async function askFor<T>(
  models: Models,
  call: Omit<Call, "onText" | "tools">,
  schema: z.ZodType<T>,
): Promise<Got<T>> {
  const system = [...call.system, wanted(schema)];
  const ask = (messages: readonly Message[]): Promise<Answer> =>
    models.think({ ...call, system, messages, tools: [], onText() {} });
  const first = await ask(call.messages);
  const read = fitting(textOf(first.content), schema);
  if (read.fits) return { value: read.value, answers: [first] };
  const second = await ask([
    ...call.messages,
    { role: "assistant", content: first.content },
    { role: "user", content: [{ type: "text", text: `${read.problem}\nAnswer again, with the JSON alone.` }] },
  ]);
  const again = fitting(textOf(second.content), schema);
  if (again.fits) return { value: again.value, answers: [first, second] };
  throw new ModelFailed("model-unfit", `${second.model} did not answer in the form it was asked for`, "stop");
}

function wanted(schema: z.ZodType): string {
  return `Answer with one JSON value and nothing else. It fits this schema:\n${JSON.stringify(z.toJSONSchema(schema))}`;
}

type Fitting<T> = { readonly fits: true; readonly value: T } | { readonly fits: false; readonly problem: string };

function fitting<T>(text: string, schema: z.ZodType<T>): Fitting<T> {
  const { success, data, error } = schema.safeParse(jsonIn(text));
  if (success) return { fits: true, value: data };
  return { fits: false, problem: `That does not fit:\n${z.prettifyError(error)}` };
}

/** Models like to wrap JSON in a fence or in words; undefined where there is none. */
function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1];
  const bare = /[[{][\s\S]*[\]}]/.exec(text)?.[0];
  return [text, fenced, bare].map((candidate) => jsonOf(candidate ?? "")).find((value) => value !== undefined);
}
