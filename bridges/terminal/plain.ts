/**
 * Text from the bus as it may be written to a terminal: control characters are shown instead of obeyed, so that nobody's
 * words can move the cursor or change the title. Line breaks and tabs stay.
 */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", "    ")
    .replace(/(?!\n)\p{Cc}/gu, (control) => `\\x${hex(control)}`)
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
}

function hex(control: string): string {
  return control.charCodeAt(0).toString(16).padStart(2, "0");
}
