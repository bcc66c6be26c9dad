import { styleText } from "node:util";
import { excerpt } from "#subjects/excerpt.ts";
import { type Address, type Plane, parseSubject } from "#subjects/mod.ts";
import { harmless } from "./plain.ts";
import { saying } from "./saying.ts";
import { cellsOf } from "./wrap.ts";

/** A message as it came by. Units: `at` ms since 1970. */
export type Passing = {
  readonly subject: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

type Colour = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<Plane, Colour>> = {
  in: "yellow",
  log: "green",
  live: "dim",
  ask: "cyan",
  at: "magenta",
  dead: "red",
};

/** What stands between address and name: where it goes. */
const SIGNS: Readonly<Record<Plane, string>> = { in: "←", log: "●", live: "∿", ask: "?", at: "◷", dead: "✝" };

const MIN_TEXT = 20;

/** One readable line for a message. Units: `columns` of the terminal. */
export function tapLine(passing: Passing, columns: number): string {
  const { address, plane, name } = read(passing.subject);
  const head = `${clock(passing.at)} ${address} ${plane === undefined ? "" : SIGNS[plane]} ${name.padEnd(8)} `;
  const text = excerpt(harmless(saying(passing.body)), Math.max(columns - cellsOf(head) - 1, MIN_TEXT));
  const colour = plane === undefined ? "white" : COLOURS[plane];
  const sign = plane === undefined ? "" : `${SIGNS[plane]} `;
  return [
    styleText("dim", clock(passing.at)),
    address,
    styleText(colour, `${sign}${name.padEnd(8)}`),
    plane === "live" ? styleText("dim", text) : text,
  ].join(" ");
}

function read(subject: string): { readonly address: Address | string; readonly plane?: Plane; readonly name: string } {
  try {
    return parseSubject(subject);
  } catch {
    return { address: subject, name: "" };
  }
}

/** Time of day, to the millisecond, where the person is. */
export function clock(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const ms = `${time.getMilliseconds()}`.padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}
