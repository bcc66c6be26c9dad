/** An event as a reader gets it. */
export type ReadEvent = {
  readonly id?: string;
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
};

/** Reads server-sent events as a browser would, but for comments, which it counts. */
export class EventReader {
  readonly events: ReadEvent[] = [];
  comments = 0;
  lastId = "";
  isOver = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = "";

  constructor(body: ReadableStream<Uint8Array> | null) {
    if (body === null) throw new Error("a stream has a body");
    this.#reader = body.getReader();
  }

  /** Reads on until there is an event like that, or the stream ends. Gives all there are. */
  async until(like: (event: ReadEvent) => boolean): Promise<readonly ReadEvent[]> {
    while (!this.isOver && !this.events.some(like)) await this.read();
    return this.events;
  }

  /** Reads what comes next. */
  async read(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) {
      this.isOver = true;
      return;
    }
    const blocks = `${this.#rest}${new TextDecoder().decode(value)}`.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#take(block.split("\n"));
  }

  /** Leaves. */
  async leave(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  #take(lines: readonly string[]): void {
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    if (lines.some((line) => line.startsWith(":"))) this.comments++;
    const [id, event, data] = [field("id"), field("event"), field("data")];
    if (id !== undefined) this.lastId = id;
    if (data === undefined) return;
    this.events.push({
      ...(id === undefined ? {} : { id }),
      ...(event === undefined ? {} : { event }),
      data: JSON.parse(data),
    });
  }
}
