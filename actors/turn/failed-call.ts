import { excerpt } from "#subjects/excerpt.ts";

/** What a tool came to. */
export type Used = { readonly text: string; readonly failed?: true };

/** Most of an error that a model is told. Units: UTF-16 units. */
const MAX_REASON = 300;

/** What a call came to that brought nothing. */
export function failedCall({ code, reason }: { readonly code: "threw" | "abandoned"; readonly reason: string }): Used {
  const died = "It was tried three times, and its process died each time. It is not tried again.";
  return { text: code === "abandoned" ? died : excerpt(reason, MAX_REASON), failed: true };
}
