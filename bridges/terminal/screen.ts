import { createInterface, type Interface, moveCursor } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { styleText } from "node:util";
import { cellsOf } from "./wrap.ts";

/** What a screen is made of, and who hears what is typed. */
export type ScreenOptions = {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** Lines typed before, newest first. */
  readonly history: readonly string[];
  readonly onLine: (line: string) => void;
  /** Called with all lines typed, newest first, whenever one is added. */
  readonly onHistory: (lines: readonly string[]) => void;
  /** Ctrl-D, or Ctrl-C on an empty line. */
  readonly onLeave: () => void;
};

/** Most lines of history that are kept. */
export const MAX_HISTORY = 1_000;

const PROMPT = "› ";

/**
 * A terminal with a prompt at the bottom that stays usable: lines are printed above it, and one row directly above it
 * may change, for what is being said or done just now.
 */
export class Screen implements Disposable {
  readonly #options: ScreenOptions;
  readonly #line: Interface;
  #row: string | undefined;
  #closed = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const { input, output, history } = options;
    this.#line = createInterface({
      input,
      output,
      terminal: true,
      prompt: styleText("bold", PROMPT),
      history: [...history],
      historySize: MAX_HISTORY,
      removeHistoryDuplicates: true,
      escapeCodeTimeout: 100,
    });
    this.#line
      .on("line", (line) => this.#typed(line))
      .on("history", (lines) => options.onHistory(lines))
      .on("SIGINT", () => this.#interrupt())
      .on("close", () => this.#closed || options.onLeave());
    this.#line.prompt();
  }

  /** Columns that a row of ours may take. */
  get columns(): number {
    return Math.max((this.#options.output.columns || 80) - 1, 20);
  }

  /** Prints lines above the prompt, for good; each must fit a row or is broken by the terminal. */
  print(...lines: readonly string[]): void {
    if (lines.length > 0) this.#redraw(lines, this.#row);
  }

  /** Prints rows for good and sets the changing row, in one go. */
  advance(rows: readonly string[], row: string | undefined): void {
    if (rows.length === 0 && row === this.#row) return;
    if (rows.length === 0 && row !== undefined && this.#row !== undefined) this.#replaceRow(row);
    else this.#redraw(rows, row);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#erase();
    this.#row = undefined;
    this.#line.close();
  }

  #redraw(lines: readonly string[], row: string | undefined): void {
    const { output } = this.#options;
    if (this.#closed) {
      output.write(lines.map((line) => `${line}\n`).join(""));
      return;
    }
    this.#erase();
    this.#row = row;
    const shown = row === undefined ? lines : [...lines, row];
    output.write(shown.map((line) => `${line}\n`).join(""));
    // Readline would go up by the rows that its last prompt had; we have cleared them.
    Object.assign(this.#line, { prevRows: 0 });
    this.#line.prompt(true);
  }

  /** Clears the changing row and all of the prompt; the cursor stands where the row was. */
  #erase(): void {
    const { output } = this.#options;
    const above = this.#line.getCursorPos().rows + (this.#row === undefined ? 0 : 1);
    output.cursorTo(0);
    if (above > 0) moveCursor(output, 0, -above);
    output.clearScreenDown();
  }

  /** Changes the row in place without touching the prompt, so that nothing flickers. */
  #replaceRow(row: string): void {
    this.#row = row;
    const above = this.#line.getCursorPos().rows + 1;
    this.#options.output.write(`\x1b7\x1b[${above}A\r\x1b[2K${row}\x1b8`);
  }

  /** Readline has ended the line below the prompt; what stood above it moves below what was typed. */
  #typed(line: string): void {
    const { output } = this.#options;
    const columns = output.columns || 80;
    const rows = Math.floor(Math.max(cellsOf(PROMPT + line) - 1, 0) / columns) + 1;
    moveCursor(output, 0, -(rows + (this.#row === undefined ? 0 : 1)));
    output.cursorTo(0);
    output.clearScreenDown();
    const said = line.trim() === "" ? "" : `${styleText("bold", PROMPT)}${line}\n`;
    output.write(said + (this.#row === undefined ? "" : `${this.#row}\n`));
    this.#line.prompt();
    this.#options.onLine(line);
  }

  #interrupt(): void {
    if (this.#line.line === "") {
      this.#options.onLeave();
      return;
    }
    this.#line.write(null, { ctrl: true, name: "e" });
    this.#line.write(null, { ctrl: true, name: "u" });
  }
}
