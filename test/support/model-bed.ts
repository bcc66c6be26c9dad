import { type FixtureOpts, LLMock } from "@copilotkit/aimock";
import { type Answer, type Message, type Models, type ModelsPort, modelsFrom } from "#models/mod.ts";
import type { Call } from "#models/router.ts";

/** What one provider of the stand-in is asked as, in this order where several are. */
export type Speaker = "anthropic" | "openai" | "vllm";

/** Words of an attempt as they came. */
export type Told = { readonly attempt: number; readonly text: string };

/** A third party's stand-in for the model APIs, on a port of its own, and our models on it. */
export class ModelBed implements AsyncDisposable {
  readonly mock: LLMock;

  private constructor(mock: LLMock) {
    this.mock = mock;
  }

  static async start(): Promise<ModelBed> {
    return new ModelBed(await LLMock.create({ port: 0, chunkSize: 8 }));
  }

  /** Where it listens. */
  get url(): string {
    return this.mock.url;
  }

  /** What points a kind's process at it. */
  env(chain: string): Readonly<Record<string, string>> {
    return {
      THALASSA_MODELS_CHANNEL: chain,
      THALASSA_ANTHROPIC_BASE_URL: this.mock.url,
      THALASSA_OPENAI_BASE_URL: `${this.mock.url}/v1`,
      THALASSA_VLLM_BASE_URL: `${this.mock.url}/v1`,
    };
  }

  /** Models on it that are soon done with waiting. */
  models(chain: string, port: ModelsPort = {}, env: Readonly<Record<string, string>> = {}): Models {
    return modelsFrom(
      "channel",
      { ...this.env(chain), ...env },
      { ...port, retry: { firstWaitMs: 2, mostWaitMs: 100, cooldownMs: 50, shortRestMs: 20, ...port.retry } },
    );
  }

  /** Has a model of that name answer so. */
  answers(model: string, response: Parameters<LLMock["on"]>[1], options?: FixtureOpts): void {
    this.mock.on({ model }, response, options);
  }

  /** How often a model was asked. */
  asked(model: string): number {
    return this.mock.getRequests().filter(({ body }) => body !== null && "model" in body && body.model === model)
      .length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mock.stop();
  }
}

/** One call with nothing special about it, and the words it told. */
export function callOf(messages: readonly Message[], more: Partial<Call> = {}): { call: Call; told: Told[] } {
  const told: Told[] = [];
  const call: Call = {
    system: ["You are a test."],
    tools: [],
    messages,
    maxOutputTokens: 1_000,
    signal: new AbortController().signal,
    onText: (text, attempt) => void told.push({ text, attempt }),
    ...more,
  };
  return { call, told };
}

/** Something a person says. */
export function says(text: string): Message {
  return { role: "user", content: [{ type: "text", text }] };
}

/** All words told under the attempt that was the last one. */
export function lastTold(told: readonly Told[]): string {
  const last = told.at(-1)?.attempt;
  return told.flatMap(({ attempt, text }) => (attempt === last ? [text] : [])).join("");
}

/** What an answer has to be asked for next: the words of all its results. */
export function resultsFor({ content }: Answer, text: string): Message {
  const calls = content.flatMap((part) => (part.type === "tool-call" || part.type === "malformed-call" ? [part] : []));
  return { role: "tool", results: calls.map(({ id }) => ({ id, content: [{ type: "text", text }] })) };
}
