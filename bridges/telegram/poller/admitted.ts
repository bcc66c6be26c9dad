import type { Admitted } from "#subjects/telegram-update.ts";

/** So much is kept of what is not heard. Units: UTF-16 units. */
const MAX_TURNED = 200;

/** An update with no more text than is passed on: a longer message is turned away, what a message was changed to is cut. */
export function admittedText(update: Admitted, { maxPrompt }: { readonly maxPrompt: number }): Admitted {
  const { incoming } = update;
  if (incoming.type === "message" && incoming.text.length > maxPrompt) {
    const turned =
      `That is ${incoming.text.length} characters, and I take ${maxPrompt} in one message: ` +
      "I have not heard it. Send it in parts, or as a text file.";
    return turnedText(update, turned);
  }
  if (incoming.type !== "edited" || incoming.text.length <= maxPrompt) return update;
  const text = `${incoming.text.slice(0, maxPrompt).toWellFormed()}…`;
  return { ...update, incoming: { ...incoming, text } };
}

/** An update that is not heard: only what it takes to say so goes on. */
export function turnedText(update: Admitted, turned: string): Admitted {
  const { incoming } = update;
  if (incoming.type !== "message") return { ...update, turned };
  const { command: _, answers: __, ...rest } = incoming;
  const text = incoming.text.slice(0, MAX_TURNED).toWellFormed();
  return { ...update, incoming: { ...rest, text, files: [] }, turned };
}
