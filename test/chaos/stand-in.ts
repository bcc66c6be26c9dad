import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { Chance } from "./chance.ts";
import { chatSchema, problemsIn, promptKey } from "./chat.ts";
import { type Decision, decisionOn } from "./decision.ts";

/** How long a model takes to its first word, and from one piece to the next. Units: ms. */
const LATENCY_MS = { first: [10, 400], next: [0, 30] } as const;

/** The name of the only model there is. */
const MODEL = "stand-in";

/** What is asked of it is priced, so that money is counted besides tokens. Units: US dollars a million tokens. */
const PRICES = "vllm/stand-in=0.01/0.03/0.001";

/** A request as it came. `isWhole` says that its answer was told to its end. Units: `at` ms since 1970. */
export type Asked = { readonly key: string; readonly at: number; isWhole: boolean };

/** Stands in for a server of models that speaks Chat Completions: it answers from the request alone, and keeps book. */
export class ModelStandIn implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** Why requests would have been refused by the real APIs. */
  readonly problems: string[] = [];
  readonly #server: Server;
  readonly #chance: Chance;
  readonly #url: string;

  private constructor(server: Server, chance: Chance) {
    this.#server = server;
    this.#chance = chance;
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port; the seed decides how long it takes over things. */
  static async start(seed: number): Promise<ModelStandIn> {
    const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ModelStandIn(server, new Chance(seed));
  }

  /** What points the processes of kinds that think at it. */
  get env(): Readonly<Record<string, string>> {
    return {
      THALASSA_VLLM_BASE_URL: this.#url,
      THALASSA_MODELS_CHANNEL: `vllm/${MODEL}`,
      THALASSA_MODELS_BRANCH: `vllm/${MODEL}`,
      THALASSA_MODELS_PRICES: PRICES,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => {});
    // Whoever is killed in the middle of a request leaves half of one.
    const body = await json(request).catch(() => undefined);
    if (body === undefined) return;
    const { success, data, error } = chatSchema.safeParse(body);
    if (!success) {
      this.problems.push(`a request has not the form of Chat Completions: ${error.message}`);
      response.writeHead(400).end();
      return;
    }
    const asked: Asked = { key: promptKey(data.messages), at: Date.now(), isWhole: false };
    this.asked.push(asked);
    this.problems.push(...problemsIn(data.messages).map((what) => `request ${asked.key}: ${what}`));
    await this.#tell(response, decisionOn(data));
    asked.isWhole = !response.destroyed;
  }

  /** Streams an answer, piece by piece. */
  async #tell(response: ServerResponse, decision: Decision): Promise<void> {
    await delay(this.#chance.mostlyLow(...LATENCY_MS.first));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const piece of piecesOf(decision)) {
      if (response.destroyed) return;
      const chunk = { id: decision.id, object: "chat.completion.chunk", created: 0, model: MODEL, ...piece };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      await delay(this.#chance.mostlyLow(...LATENCY_MS.next));
    }
    response.end("data: [DONE]\n\n");
  }
}

/** An answer as it is streamed: words by halves, each call with its input by halves, then its end, then its cost. */
function piecesOf({ id, text = "", calls, usage }: Decision): readonly object[] {
  const choice = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const called = calls.flatMap(({ name, input }, index) => {
    const [begin, rest] = halves(typeof input === "string" ? input : JSON.stringify(input));
    const head = { index, id: `call_${id}_${index}`, type: "function", function: { name, arguments: begin } };
    return [{ tool_calls: [head] }, { tool_calls: [{ index, function: { arguments: rest } }] }];
  });
  return [
    choice({ role: "assistant", content: "" }),
    ...halves(text).map((content) => choice({ content })),
    ...called.map((delta) => choice(delta)),
    choice({}, calls.length > 0 ? "tool_calls" : "stop"),
    { choices: [], usage },
  ];
}

function halves(text: string): readonly [string, string] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
