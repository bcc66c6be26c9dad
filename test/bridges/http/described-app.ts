import assert from "node:assert/strict";
import type { z } from "zod";
import { httpApp } from "#bridges/http/app.ts";
import { Bridge } from "#bridges/http/bridge.ts";
import type { Pace } from "#bridges/http/event-stream.ts";
import { DESCRIBED } from "#bridges/http/openapi.ts";
import { HTTP_DEFAULTS, type HttpOptions } from "#bridges/http/options.ts";
import { problemSchema } from "#bridges/http/problem.ts";
import { FakeBus } from "./fake-bus.ts";

/** A whole answer. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

type Content = Readonly<Record<string, { readonly schema: z.ZodType }>>;

/** The app on a bus in memory; every answer of it is held against what the API says of that route. */
export class DescribedApp {
  readonly bus = new FakeBus();
  readonly bridge: Bridge;
  readonly #app: ReturnType<typeof httpApp>;

  constructor(options: Partial<HttpOptions> = {}, pace?: Pace) {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    this.bridge = new Bridge(this.bus.client, { ...HTTP_DEFAULTS, waitMs: 200, ...options }, silent);
    this.#app = httpApp(this.bridge, pace);
  }

  /** A request as it is. */
  request(path: string, init: RequestInit = {}): Response | Promise<Response> {
    return this.#app.request(path, init);
  }

  /** A request whose answer is JSON. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await this.request(path, init);
    const body = JSON.parse(await response.text());
    requireDescribed(path, init.method ?? "GET", response, body);
    return { status: response.status, headers: response.headers, body };
  }

  /** Posts a message as JSON. */
  post(body: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.ask("/v1/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: text,
    });
  }
}

function requireDescribed(path: string, method: string, response: Response, body: unknown): void {
  const { status, headers } = response;
  const type = headers.get("Content-Type")?.split(";")[0] ?? "";
  const route = DESCRIBED.find((each) => {
    const pattern = new RegExp(`^${each.path.replace(/\{\w+\}/g, "[^/]+")}$`);
    return each.method.toUpperCase() === method && pattern.test(path.split("?")[0] ?? "");
  });
  if (route === undefined) {
    if (status >= 400) assert.deepEqual(problemSchema.parse(body), body);
    return;
  }
  const described = (route.responses as Readonly<Record<number, { readonly content?: Content }>>)[status];
  const schema = described?.content?.[type]?.schema;
  assert.ok(schema, `${method} ${path} answers ${status} ${type}, which the API does not say: ${JSON.stringify(body)}`);
  assert.deepEqual(schema.parse(body), body);
}
