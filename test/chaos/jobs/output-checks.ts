import type { OrderResult } from "#subjects/order.ts";
import type { PlannedStep } from "./plan.ts";

/** What a program came to. */
export type ExecResult = Extract<OrderResult, { type: "exec" }>;

/** Reads a whole artifact; undefined when there is none of that name. */
export type ReadArtifact = (name: string) => Promise<string | undefined>;

/** Says where a cut output left something out. */
const LEFT_OUT = /^\[… ([\d,]+) bytes left out …\]\n/m;

/** What is wrong with the outputs of a step that ran to its end; nothing when none of it is lost or added. */
export async function checkOutputs(
  { id, stdout, stderr }: PlannedStep,
  result: ExecResult,
  read: ReadArtifact,
): Promise<readonly string[]> {
  const wrong = [
    ...(await checkOutput(`stdout of ${id}`, stdout, result.stdout, read)),
    ...(await checkOutput(`stderr of ${id}`, stderr, result.stderr, read)),
  ];
  return result.code === 0 ? wrong : [...wrong, `${id} ended with ${result.code}`];
}

async function checkOutput(
  what: string,
  written: string,
  { text, bytes, whole }: ExecResult["stdout"],
  read: ReadArtifact,
): Promise<readonly string[]> {
  const wrong =
    bytes === Buffer.byteLength(written) ? [] : [`${what} has ${bytes} of ${Buffer.byteLength(written)} bytes`];
  if (whole === undefined)
    return text === written ? wrong : [...wrong, `${what} is ${JSON.stringify(text.slice(0, 300))}`];
  const kept = await read(whole.name);
  if (kept !== written)
    wrong.push(`${what}: its artifact has ${kept?.length ?? "nothing"} of ${written.length} characters`);
  return [...wrong, ...checkCut(what, written, text)];
}

/** A cut text has the beginning and the end, and says rightly how much is between them. */
function checkCut(what: string, written: string, text: string): readonly string[] {
  const [line = "", figure = ""] = LEFT_OUT.exec(text) ?? [];
  const at = text.indexOf(line);
  const [head, tail] = [text.slice(0, at), text.slice(at + line.length)];
  const left = Number(figure.replaceAll(",", ""));
  const isTrue = line !== "" && written.startsWith(head) && written.endsWith(tail);
  return isTrue && head.length + tail.length + left === written.length
    ? []
    : [`${what} is cut, and does not say so rightly`];
}
