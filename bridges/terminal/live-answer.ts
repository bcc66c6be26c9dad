import { styleText } from "node:util";
import type { Screen } from "./screen.ts";
import { answerRows } from "./transcript.ts";
import { type Delta, finishWords, hearWords, SILENCE, type Words } from "./words.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

/** Units: ms. */
const FRAME_MS = 120;

/** What is just being said or done, above the prompt: words as they come, else what we wait for. */
export class LiveAnswer implements Disposable {
  readonly #screen: Screen;
  #words: Words = SILENCE;
  /** The step whose words are in the log by now. */
  #over: string | undefined;
  #printed = 0;
  #waitingFor: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows what we wait for while no words come; nothing ends that. */
  waitFor(what: string | undefined): void {
    this.#waitingFor = what;
    this.#draw();
  }

  /** Takes words as they come; each call of the model is a step of its own. */
  hear(delta: Delta): void {
    if (delta.step === this.#over) return;
    if (delta.step !== this.#words.step) this.#printed = 0;
    const { words, fresh } = hearWords(this.#words, delta);
    this.#words = words;
    if (fresh !== "") this.#draw();
  }

  /** What was said stands in the log: shows what of it was not yet shown, and these rows below it. */
  finish(answer: string, below: readonly string[]): void {
    const { type } = finishWords(this.#words, answer);
    const rows = answerRows(answer, this.#screen.columns);
    const left = type === "rest" ? rows.slice(this.#printed) : [this.#corrected(), ...rows];
    this.end([...left, "", ...below]);
  }

  /** Ends what was being said with these rows. */
  end(rows: readonly string[]): void {
    if (this.#words.step !== "") this.#over = this.#words.step;
    const broken = this.#words.shown !== "" && rows.length === 0 ? [""] : [];
    this.#words = SILENCE;
    this.#printed = 0;
    this.#screen.advance([...rows, ...broken], this.#status());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #corrected(): string {
    return styleText("dim", "  (it began anew; this is what counts:)");
  }

  #draw(): void {
    const { shown } = this.#words;
    if (shown === "") {
      this.#screen.advance([], this.#status());
      this.#animate();
      return;
    }
    const rows = answerRows(shown, this.#screen.columns);
    const settled = rows.slice(this.#printed, -1);
    this.#printed = rows.length - 1;
    this.#screen.advance(settled, rows.at(-1) ?? "");
  }

  #status(): string | undefined {
    if (this.#waitingFor === undefined) return undefined;
    return styleText("dim", `${FRAMES[this.#frame % FRAMES.length]} ${this.#waitingFor}`);
  }

  #animate(): void {
    if (this.#waitingFor === undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setInterval(() => {
      this.#frame++;
      this.#draw();
    }, FRAME_MS);
  }
}
