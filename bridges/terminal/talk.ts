import { styleText } from "node:util";
import { type Outcome, remarkOf } from "#bridges/conversation/turn.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, readEvent, type Who } from "#subjects/mod.ts";
import { type JobCommand, readCommand, TALK_HELP } from "./command.ts";
import { Conversation, type Happening, TextTooLong } from "./conversation.ts";
import { LiveAnswer } from "./live-answer.ts";
import { newestRecords, newestSeq } from "./past.ts";
import type { Screen } from "./screen.ts";
import { doingWords, standingLines } from "./standing.ts";
import { obeyOnJobs } from "./talk-jobs.ts";
import { asideRows, failureRows, noteRows, recordRows } from "./transcript.ts";
import { wrapText } from "./wrap.ts";

/** Who talks, and which channel a name means to them. */
export type TalkOptions = { readonly who: Who; readonly meant: (name: string) => Promise<Address> };

/** Records of the past that are shown on entering a channel. */
const GREETING_RECORDS = 6;

/** Events that stand where words were perhaps just coming. */
const OF_A_TURN: ReadonlySet<string> = new Set(["said", "thought", "failed", "stopped"]);

/** A person talking in one channel at a time, on a screen. */
export class Talk implements Disposable {
  readonly #client: Client;
  readonly #screen: Screen;
  readonly #options: TalkOptions;
  readonly #onQuit: () => void;
  readonly #live: LiveAnswer;
  #conversation: Conversation | undefined;
  #entered: Promise<void> = Promise.resolve();
  #waiting = 0;
  #connected = true;
  #unheard = false;

  constructor(client: Client, screen: Screen, options: TalkOptions, onQuit: () => void) {
    this.#client = client;
    this.#screen = screen;
    this.#options = options;
    this.#onQuit = onQuit;
    this.#live = new LiveAnswer(screen);
  }

  /** Goes into a channel and shows what was said there last; what is typed meanwhile is said there. Throws: what `meant` throws. */
  enter(name: string): Promise<void> {
    const entered = this.#options.meant(name).then((address) => this.#open(address));
    // Where a name means nothing, one stays where one was.
    this.#entered = entered.catch(() => {});
    return entered;
  }

  async #open(address: Address): Promise<void> {
    const { who } = this.#options;
    this.#conversation?.[Symbol.dispose]();
    this.#waiting = 0;
    const past = await this.#past(address, GREETING_RECORDS);
    const fromSeq = past.at(-1)?.seq ?? (await newestSeq(this.#client, address));
    this.#conversation = new Conversation(this.#client, address, {
      who,
      fromSeq,
      onHappening: (happening) => this.#see(happening),
    });
    const title = `${address}${past.length === 0 ? " · nothing was said here yet" : ""} · /help`;
    const titleRows = wrapText(title, this.#screen.columns).map((row) => styleText("dim", row));
    this.#screen.print(...titleRows, "", ...this.#rowsOf(past));
    this.#showWaiting();
  }

  /** Takes a line as it was typed. */
  hear(line: string): void {
    if (line.trim() === "") return;
    void this.#obey(line).catch((error: unknown) => {
      this.#screen.print(...failureRows(error instanceof Error ? error.message : String(error), this.#screen.columns));
    });
  }

  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
    this.#conversation?.[Symbol.dispose]();
  }

  async #obey(line: string): Promise<void> {
    const command = readCommand(line);
    const { columns } = this.#screen;
    await this.#entered;
    switch (command.type) {
      case "say":
        await this.#say(command.text);
        break;
      case "help":
        this.#screen.print(...TALK_HELP, "");
        break;
      case "quit":
        this.#onQuit();
        break;
      case "channel":
        await this.enter(command.name);
        break;
      case "history":
        this.#screen.print(...this.#rowsOf(await this.#past(this.#address, command.count)));
        break;
      case "status":
        this.#screen.print(...(await this.#status()).flatMap((line) => noteRows(line, columns)), "");
        break;
      case "stop":
        await this.#stop();
        break;
      case "unknown":
        this.#screen.print(...failureRows(command.reason, columns));
        break;
      default:
        await this.#aboutJobs(command);
    }
  }

  get #address(): Address {
    if (this.#conversation === undefined) throw new Error("no channel is entered yet; try again in a moment");
    return this.#conversation.address;
  }

  async #say(text: string): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined) throw new Error("no channel is entered yet; try again in a moment");
    try {
      const { answered } = conversation.say(text);
      this.#waiting++;
      this.#showWaiting();
      const outcome = await answered;
      if (conversation === this.#conversation) this.#answered(outcome);
    } catch (error) {
      if (!(error instanceof TextTooLong)) throw error;
      this.#screen.print(...failureRows(error.message, this.#screen.columns));
    }
  }

  /** What stands in the log is shown where it is read; a refusal stands nowhere else. */
  #answered(outcome: Outcome): void {
    this.#waiting--;
    this.#unheard = false;
    this.#showWaiting();
    const { columns } = this.#screen;
    if (outcome.type === "refused") this.#screen.print(...failureRows(outcome.reason, columns), "");
    else if (outcome.type === "said" && outcome.text === "")
      this.#screen.print(...noteRows("(it ended without a word)", columns), "");
  }

  /** That it was stopped stands in the log, and is shown where that is read. */
  async #stop(): Promise<void> {
    const conversation = this.#conversation;
    const stopping = await conversation?.stop();
    if (stopping?.type !== "refused" || conversation !== this.#conversation) return;
    const { columns } = this.#screen;
    if (stopping.code === "nothing-to-stop")
      this.#screen.print(...noteRows("nothing to stop: no answer is being made here just now", columns), "");
    else this.#screen.print(...failureRows(stopping.reason, columns), "");
  }

  async #aboutJobs(command: JobCommand): Promise<void> {
    const speaking = { who: this.#options.who, channel: this.#address };
    const lines = await obeyOnJobs(this.#client, speaking, command);
    this.#screen.print(...lines.flatMap((line) => wrapText(line, this.#screen.columns)), "");
  }

  #see(happening: Happening): void {
    switch (happening.type) {
      case "delta":
        this.#live.hear(happening.delta);
        break;
      case "doing":
        this.#live.waitFor(`${doingWords(happening.doing)}${happening.doing.doing === "using" ? "…" : ""}`);
        break;
      case "link":
        this.#connected = happening.connected;
        this.#showWaiting();
        break;
      case "unheard":
        this.#unheard = true;
        this.#showWaiting();
        break;
      case "record":
        this.#read(happening);
    }
  }

  #read({ record, ours, open }: Extract<Happening, { type: "record" }>): void {
    if (ours) {
      this.#unheard = false;
      return;
    }
    const { who } = this.#options;
    const { columns } = this.#screen;
    const event = readEvent(channelContract, record);
    if (remarkOf(record)?.end !== undefined) this.#live.waitFor(open > 0 ? "thinking" : undefined);
    if (event?.type === "said" && event.data.text.trim() !== "")
      this.#live.finish(event.data.text, asideRows(record, who, columns));
    else if (event !== undefined && OF_A_TURN.has(event.type)) this.#live.end(recordRows(record, who, columns));
    else this.#screen.print(...recordRows(record, who, columns));
  }

  #showWaiting(): void {
    if (!this.#connected) this.#live.waitFor("reconnecting… what you say is kept and sent when the bus is back");
    else if (this.#unheard) this.#live.waitFor("nobody serves channels just now; this is answered when somebody does");
    else this.#live.waitFor(this.#waiting > 0 ? "thinking" : undefined);
  }

  /** The newest records that show something. */
  #past(address: Address, count: number): Promise<readonly LogRecord[]> {
    return newestRecords(this.#client, address, count, (record) => this.#rowsOf([record]).length > 0);
  }

  #rowsOf(records: readonly LogRecord[]): readonly string[] {
    return records.flatMap((record) => recordRows(record, this.#options.who, this.#screen.columns));
  }

  async #status(): Promise<readonly string[]> {
    const address = this.#address;
    const asked = await this.#client.ask(address, "status").catch(() => undefined);
    if (asked === undefined) return [`${address}: nobody answers; no process serves channels just now (thalassa ps)`];
    return standingLines(address, asked, Date.now());
  }
}
