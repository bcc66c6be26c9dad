import { excerpt } from "#subjects/excerpt.ts";
import { dollars } from "#subjects/limit.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Longest text of one field of a tool call that is shown. Units: UTF-16 units. */
const MAX_INPUT = 60;

const USAGE = ["input", "output", "cacheRead", "cacheWrite"] as const;

/**
 * What the body of a message or an event says to a person: its words and whose they are, which tools it calls, what it
 * cost, and then the fields that are left.
 */
export function saying(body: string): string {
  const data = asFields(parsed(body));
  if (data === undefined) return body;
  const { text, reason, task, outcome, who, content, results, began: _, usage, spent, reached, ...others } = data;
  const words = [text, task, reason].filter((each) => typeof each === "string" && each !== "").join(" · ");
  const cost = spentIn(data) ?? spentIn(asFields(usage));
  const rest = spentIn(data) === undefined ? others : without(others, [...USAGE, "microUsd"]);
  const isBare = [words, content, cost].every((each) => each === undefined || each === "");
  // Of a conclusion or a call of a model, it is the person for whom it was thought.
  const speaks = outcome === undefined && content === undefined && cost === undefined;
  const speaker = speakerOf(who);
  const fields = speaks || speaker === "" ? rest : { ...rest, who: speaker };
  return [
    typeof outcome === "string" ? `${outcome}${words === "" ? "" : ":"}` : "",
    words === "" ? "" : `${speaks && speaker !== "" ? `${speaker}: ` : ""}“${words}”`,
    ...callsOf(content),
    ...failuresOf(results),
    cost,
    speaks && words === "" && speaker !== "" ? `by ${speaker}` : "",
    ...dayOf(spent),
    ...reachedOf(reached),
    fieldsOf(fields, !isBare),
  ]
    .filter(Boolean)
    .join(" ");
}

function callsOf(content: unknown): readonly string[] {
  return asList(content).flatMap(({ type, name, input, raw }) => {
    if (type === "malformed-call") return [`→ ${name}(${excerpt(String(raw), MAX_INPUT)} ✗)`];
    // What it says is the text already.
    if (type !== "tool-call" || name === "reply") return [];
    const given = Object.values(asFields(input) ?? {}).map((value) =>
      typeof value === "string" ? `“${excerpt(value, MAX_INPUT)}”` : excerpt(JSON.stringify(value), MAX_INPUT),
    );
    return [`→ ${name}(${given.join(", ")})`];
  });
}

/** Calls that could not be settled; what came of the others goes without saying. */
function failuresOf(results: unknown): readonly string[] {
  return asList(results).flatMap(({ text, failed }) =>
    failed === true ? [`✗ “${excerpt(`${text}`, MAX_INPUT)}”`] : [],
  );
}

/** What a call cost. Shape: `1,210 tokens, $0.0031`; undefined where nothing is said of it. */
function spentIn(fields: Fields | undefined): string | undefined {
  if (typeof fields?.input !== "number" || typeof fields.output !== "number") return undefined;
  const tokens = USAGE.reduce((sum, name) => sum + (Number(fields[name]) || 0), 0);
  return amount(tokens, fields.microUsd);
}

/** What was spent on that day by now. */
function dayOf(spent: unknown): readonly string[] {
  const scopes = Object.entries(asFields(spent) ?? {});
  return scopes.map(([scope, sum]) => {
    const { tokens, microUsd } = asFields(sum) ?? {};
    return `· ${scope} ${amount(Number(tokens) || 0, microUsd)}`;
  });
}

function reachedOf(reached: unknown): readonly string[] {
  return asList(reached).map(({ limit, scope }) => `! ${limit} limit of ${scope}`);
}

function amount(tokens: number, microUsd: unknown): string {
  const money = typeof microUsd === "number" ? `, ${dollars(microUsd)}` : "";
  return `${tokens.toLocaleString("en")} tokens${money}`;
}

function fieldsOf(fields: Fields, isAside: boolean): string {
  const told = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  return told === "" || !isAside ? told : `(${told})`;
}

function speakerOf(who: unknown): string {
  const { name, id } = asFields(who) ?? {};
  const speaker = name ?? id;
  return typeof speaker === "string" ? speaker : "";
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function asList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(asFields).filter((each) => each !== undefined) : [];
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
