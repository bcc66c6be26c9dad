/** What stands where a secret stood. */
export const HIDDEN = "[hidden]";

/** Shorter values are words that stand in any text. Units: characters. */
const MIN_LENGTH = 8;

/**
 * Takes secrets out of a text: the `known` values, however they are escaped, and whatever has the shape of a key. A line
 * of JSON stays one. For errors and logs; what people say to each other is left as it is.
 */
export function scrubberOf(known: readonly string[]): (text: string) => string {
  // The longest first: one value may be the beginning of another.
  const values = [...new Set(known.flatMap(forms))].toSorted((one, other) => other.length - one.length);
  return (text) => {
    const spared = values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
    return SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), spared);
  };
}

/** Whether a variable of that name holds a secret. `THALASSA_KEY` names a file. */
export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLE.test(name) && name !== "THALASSA_KEY";
}

/** The secrets in an environment. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= MIN_LENGTH && isSecretVariable(name) ? [value] : [],
  );
}

const SECRET_VARIABLE = /(?:^|_)(?:KEY|APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_OLD)?$/i;

/** A value as it stands in a text, in JSON and in an address. */
function forms(value: string): readonly string[] {
  if (value.length < MIN_LENGTH) return [];
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed())];
}

/** Beginnings by which issuers mark their keys, and what follows. */
const MARKED = [
  "sk-[A-Za-z0-9_*-]{12,}",
  "tha_[A-Za-z0-9_-]{20,}",
  "(?:gh[pousr]|gsk|hf|npm)_[A-Za-z0-9]{20,}",
  "github_pat_[A-Za-z0-9_]{20,}",
  "(?:glpat|xai)-[A-Za-z0-9_-]{16,}",
  "(?:AKIA|ASIA)[A-Z0-9]{16}",
  "AIza[A-Za-z0-9_-]{30,}",
  "(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}",
  // Seeds of nkeys: an S, whose it is, and the rest in base 32.
  "S[ACNOUX][A-Z2-7]{56}(?![A-Za-z0-9])",
  "eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?",
].join("|");

/** Between a header's name and its value, also where that is JSON inside of JSON. */
const IS = String.raw`\\*["']?\s*[:=]\s*\\*["']?`;

/** No pattern goes beyond a quotation mark, so that a line of JSON stays one. */
const SHAPES: readonly (readonly [shape: RegExp, instead: string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^"]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|(?=\\*")|$)/g,
    HIDDEN,
  ],
  [new RegExp(`(?<![A-Za-z0-9])(?:${MARKED})`, "g"), HIDDEN],
  // A bot's token of Telegram, which stands in its addresses.
  [/(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g, HIDDEN],
  [/\b(Bearer|Basic)(\s+)(?=[^\s"]*\d)[A-Za-z0-9._~+/=-]{16,}/gi, `$1$2${HIDDEN}`],
  [
    new RegExp(
      String.raw`\b((?:x-(?:goog-)?)?api[-_]?key|(?:proxy-)?authorization|(?:set-)?cookie)(${IS})(?:(?:Bearer|Basic)\s+)?[^\s"'\\,;}]{8,}`,
      "gi",
    ),
    `$1$2${HIDDEN}`,
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/gi, `$1${HIDDEN}`],
  [/([?&](?:api_?key|key|(?:access_)?token|secret|password|sig)=)[^\s&"'\\]{8,}/gi, `$1${HIDDEN}`],
];
