import type { Ordered, OrderResult } from "#subjects/order.ts";
import type { CallResult } from "#subjects/turn.ts";

/** An order as people are asked about it: exactly what would be done. */
export function orderText({ verb, data }: Ordered): string {
  switch (verb) {
    case "exec": {
      const [program, flag, line] = data.argv;
      const isLine = data.argv.length === 3 && flag === "-c" && (program === "bash" || program === "sh");
      const where = data.cwd === undefined ? "" : ` (in ${data.cwd})`;
      return `${isLine && line !== undefined ? line : JSON.stringify(data.argv)}${where}`;
    }
    case "file":
      return fileText(data.does);
    case "get":
      return `keep the file ${data.path}`;
    case "put":
      return `fetch ${data.artifact} to ${data.path}`;
    case "preview":
      return `show port ${data.port} for ${data.minutes} minutes`;
    case "admit":
      return `reach ${data.hosts.join(", ")}`;
  }
}

/** What is written is shown, too. */
function fileText(does: Extract<Ordered, { verb: "file" }>["data"]["does"]): string {
  const what = `${does.type} the file ${does.path}`;
  if (does.type === "write") return `${what}, with this in it:\n${does.text}`;
  return does.type === "edit" ? `${what}: instead of\n${does.old}\nput\n${does.new}` : what;
}

/** What came of an order, as a model and people read it. */
export function resultText(result: OrderResult): Omit<CallResult, "call"> {
  switch (result.type) {
    case "exec": {
      const { stdout, stderr, code, how } = result;
      const parts = [headOf(result), section("stdout", stdout), section("stderr", stderr)];
      const text = parts.filter((part) => part !== "").join("\n");
      return how === "ended" && code === 0 ? { text } : { text, failed: true };
    }
    case "file":
      return { text: result.text };
    case "artifact":
      return { text: `Kept as ${result.artifact.name} (${result.artifact.bytes} bytes).` };
    case "preview":
      return { text: `${result.url} until ${new Date(result.until).toISOString().slice(0, 16)}Z.` };
    case "done":
      return { text: result.text };
    case "failed":
      return { text: result.text, failed: true };
  }
}

type Ran = Extract<OrderResult, { type: "exec" }>;

/** What a program ends with that somebody else has killed, and, where nobody here did, most likely why. */
const KILLED = 137;
const SHORT = " (killed, which is what happens when its environment's memory runs out)";

/** Shape: `exit code 1, after 2.4 s`. */
function headOf({ how, code, ms, why }: Ran): string {
  const took = `after ${(ms / 1_000).toFixed(1)} s`;
  switch (how) {
    case "ended":
      return `exit code ${code ?? "unknown"}${code === KILLED ? SHORT : ""}, ${took}`;
    case "timed-out":
      return `It took too long and was ended with all that it began, ${took}.`;
    case "killed":
      return `It was ended, ${took}.`;
    case "interrupted":
      if (why !== undefined)
        return `It was interrupted, and is not run again by itself; nobody knows how far it got: ${why}`;
      return "It was interrupted when its environment was: nobody knows how far it got, and it is not run again by itself.";
  }
}

function section(name: string, output: Ran["stdout"]): string {
  return output.text === "" ? "" : `${name}:\n${output.text}${keptOf(output)}`;
}

/** Of an output without end only its beginning is kept. */
function keptOf({ bytes, whole }: Ran["stdout"]): string {
  if (whole === undefined) return "";
  const what = whole.bytes < bytes ? `Its first ${whole.bytes.toLocaleString("en-US")} bytes are` : "All of it is";
  return `\n(${what} the artifact ${whole.name}.)`;
}
