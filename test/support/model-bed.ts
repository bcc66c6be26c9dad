import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type FixtureOpts, LLMock } from "@copilotkit/aimock";
import { modelName } from "#models/chain.ts";
import { compatibleModels } from "#models/compatible.ts";
import { type Answer, type Message, type Models, type ModelsPort, modelsFrom, ownCooldowns } from "#models/mod.ts";
import { openaiModels } from "#models/openai.ts";
import { RETRY } from "#models/retry.ts";
import { type Call, Router } from "#models/router.ts";

/** What one provider of the stand-in is asked as, in this order where several are. */
export type Speaker = "anthropic" | "openai" | "vllm";

/** Does not wait long. Units: ms. */
const SOON = { firstWaitMs: 2, mostWaitMs: 100, cooldownMs: 50, shortRestMs: 20 } as const;

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
    return modelsFrom("channel", { ...this.env(chain), ...env }, { ...port, retry: { ...SOON, ...port.retry } });
  }

  /** Models on it of which `openai/…` speak the Responses API, as only OpenAI's own server is taken to by the settings. */
  responses(
    chain: string,
    port: ModelsPort = {},
    { url = this.url, patienceMs = 5_000 }: { readonly url?: string | undefined; readonly patienceMs?: number } = {},
  ): Pick<Models, "think"> {
    const at = (provider: string, place: string) => ({
      provider,
      baseUrl: `${place}/v1`,
      apiKey: "test",
      keyVariable: "OPENAI_API_KEY",
      patience: { firstMs: patienceMs, idleMs: patienceMs },
      scrub: (text: string) => text,
    });
    const { cooldowns = ownCooldowns(), log = () => {}, retry } = port;
    const compatible = compatibleModels(at("vllm", this.url));
    const router = new Router({
      providers: { openai: openaiModels(at("openai", url)), vllm: compatible, ollama: compatible },
      cooldowns,
      log,
      retry: { ...RETRY, ...SOON, ...retry },
      now: Date.now,
      chance: Math.random,
    });
    return { think: (call) => router.answer(call, chain.split(", ").map(modelName)) };
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

/** A server that answers every request with what it is told to write, as a stream of events. */
export async function serving(answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
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
