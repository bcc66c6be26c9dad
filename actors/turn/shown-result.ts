/** Most text of a result that a model is shown. Units: UTF-16 units. */
const MAX_RESULT = 16_000;

/** Most of it that is kept once its turn has ended: a few searches must not push the conversation out. Units: UTF-16 units. */
const MAX_KEPT_RESULT = 1_000;

/** A text as it is shown to a model: a long one loses its middle, and says how much. */
export function shownResult(text: string): string {
  return withoutMiddle(text, MAX_RESULT);
}

/** A text as later turns see it; who wants all of it looks again. */
export function keptResult(text: string): string {
  return withoutMiddle(text, MAX_KEPT_RESULT);
}

function withoutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2) - 40;
  const left = text.length - 2 * half;
  return `${text.slice(0, half).toWellFormed()}\n(… ${left} characters left out …)\n${text.slice(-half).toWellFormed()}`;
}
