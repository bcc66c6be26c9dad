/** Most of an output that stands in a result. Units: bytes of it, and of its JSON. */
const MOST = { bytes: 24 * 1024, json: 64 * 1024 } as const;

/** Less than this is not cut any further. Units: bytes. */
const LEAST = 256;

/** An output for whoever has to read it: `cut` where a part is left out, of which a line says how much. */
export type Shown = { readonly text: string; readonly cut: boolean };

/**
 * The beginning and the end of an output, cut at whole lines where they are not far, and never inside of a character.
 * Units: `bytes` are all that were written; `first` and `last` are what is at hand of them.
 */
export function shownOutput(first: Buffer, last: Buffer, bytes: number): Shown {
  for (let most: number = MOST.bytes; ; most >>= 1) {
    const isWhole = bytes <= Math.min(most, first.length);
    const text = isWhole ? clean(first.subarray(0, bytes)) : cutText(first, last, bytes, most >> 1);
    if (most <= LEAST || Buffer.byteLength(JSON.stringify(text)) <= MOST.json) return { text, cut: !isWhole };
  }
}

function cutText(first: Buffer, last: Buffer, bytes: number, half: number): string {
  const head = wholeHead(first.subarray(0, half));
  const tail = wholeTail(last.subarray(Math.max(0, last.length - Math.min(half, bytes - head.length))));
  const left = bytes - head.length - tail.length;
  const above = head.length === 0 || head.at(-1) === NEWLINE ? "" : "\n";
  return `${clean(head)}${above}[… ${left.toLocaleString("en-US")} bytes left out …]\n${clean(tail)}`;
}

const NEWLINE = 0x0a;

/** Without what is begun at its end: a line, or at least a character. */
function wholeHead(bytes: Buffer): Buffer {
  const line = bytes.lastIndexOf(NEWLINE) + 1;
  return line > bytes.length / 2 ? bytes.subarray(0, line) : bytes.subarray(0, wholeCharacters(bytes));
}

/** Without what was begun before it. */
function wholeTail(bytes: Buffer): Buffer {
  const line = bytes.indexOf(NEWLINE) + 1;
  if (line > 0 && line < bytes.length / 2) return bytes.subarray(line);
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at++;
  return bytes.subarray(at);
}

/** How many of these bytes are whole characters of UTF-8: what is begun at their end is not among them. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** What no reader can do anything with is shown as such; colours and lines stay. */
function clean(bytes: Buffer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are meant
  return bytes.toString().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g, "\ufffd");
}
