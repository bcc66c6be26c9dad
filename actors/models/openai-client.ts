import type { OpenAI } from "openai";
import type { Endpoint } from "./exchange.ts";
import { MOST_MS, type Watch } from "./watch.ts";

/** The OpenAI library on an endpoint, for one exchange; loaded when it is first used. */
export async function openaiClient(endpoint: Endpoint, watch: Watch): Promise<OpenAI> {
  const { OpenAI: Library } = await import("openai");
  return new Library({
    apiKey: endpoint.apiKey,
    // The library takes these from the environment, whoever it is to speak to.
    ...(endpoint.provider === "openai" ? {} : { organization: null, project: null }),
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    timeout: MOST_MS,
    logLevel: "off",
    fetch: watch.fetch,
  });
}
