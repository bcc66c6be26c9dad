import { keyOf } from "./address.ts";

/** Those that ended are told apart from those that never were, for so long. Units: ms. */
const REMEMBERED_MS = 24 * 3_600_000;

/** So many that ended are remembered. */
const MOST_REMEMBERED = 10_000;

/** A port of an environment that is shown. Units: `until` ms since 1970. */
export type PreviewPlace = {
  readonly env: string;
  readonly port: number;
  readonly url: string;
  readonly until: number;
};

/** A preview that is open, or was. `signal` aborts when it ends; `using` is how many look at it now. */
export type OpenPreview = Omit<PreviewPlace, "until" | "url"> & {
  url: string;
  until: number;
  readonly signal: AbortSignal;
  using: number;
};

type Entry = { readonly preview: OpenPreview; readonly end: AbortController; timer?: NodeJS.Timeout };

/** Previews by what their tokens are looked up by. Each ends by itself when its time is over. */
export class OpenPreviews implements Disposable {
  readonly #entries = new Map<string, Entry>();

  /** Has a preview there; one that is open under the same token has its time and address set anew. */
  add(token: string, place: PreviewPlace): void {
    this.#forget();
    const key = keyOf(token);
    const before = this.#entries.get(key);
    const entry = before?.preview.signal.aborted === false ? before : entryOf(place);
    this.#entries.set(key, entry);
    clearTimeout(entry.timer);
    entry.preview.until = place.until;
    entry.preview.url = place.url;
    const leftMs = place.until - Date.now();
    if (leftMs <= 0) entry.end.abort();
    else entry.timer = setTimeout(() => entry.end.abort(), leftMs).unref();
  }

  /** The preview of a token, ended or not. */
  find(token: string): OpenPreview | undefined {
    return this.#entries.get(keyOf(token))?.preview;
  }

  /** The one of a port that is open. */
  of(env: string, port: number): OpenPreview | undefined {
    return this.all.find((preview) => preview.env === env && preview.port === port);
  }

  /** Those that are to be looked at. */
  get all(): readonly OpenPreview[] {
    return [...this.#entries.values()].map(({ preview }) => preview).filter(({ signal }) => !signal.aborted);
  }

  /** Ends all of an environment, with whoever looks at them. */
  end(env: string): void {
    for (const { preview, end, timer } of this.#entries.values()) {
      if (preview.env !== env) continue;
      clearTimeout(timer);
      end.abort();
    }
  }

  [Symbol.dispose](): void {
    for (const { end, timer } of this.#entries.values()) {
      clearTimeout(timer);
      end.abort();
    }
  }

  #forget(): void {
    const ended = [...this.#entries].filter(([, { preview }]) => preview.signal.aborted);
    const old = ended.filter(([, { preview }]) => preview.until < Date.now() - REMEMBERED_MS);
    for (const [key] of [...old, ...ended.slice(0, -MOST_REMEMBERED)]) this.#entries.delete(key);
  }
}

function entryOf(place: PreviewPlace): Entry {
  const end = new AbortController();
  return { preview: { ...place, signal: end.signal, using: 0 }, end };
}
